import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, expectFitsPhone, openPage, takePictures } from '../helpers/browser.ts';
import { callApi } from '../helpers/call-api.ts';
import { chromiumMissing, findChromium, launchChromium } from '../helpers/chromium.ts';
import { runsHere } from '../helpers/runs-here.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const chromium = findChromium();
const PEOPLE = 3000;

describe.runIf(runsHere('campaigns in a browser', chromiumMissing()))('campaigns in a browser', () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const call = <T = unknown>(method: string, path: string, body?: object) => callApi<T>(server, method, path, body);

  beforeAll(async () => {
    server = await startTestServer();
    browser = await launchChromium(chromium ?? '');
    page = await openPage(browser, complaints);
    await page.goto(`${server.url}/login#token=${server.loginToken}`);
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));

  it('is paused, resumed, and tried again after the mailbox refused', { timeout: 90_000 }, async () => {
    await call('PUT', '/api/sandbox/behaviour', {
      refuse: {
        reply: '554 5.7.1 Message refused by policy',
        firstAttemptOnly: false,
        matching: '0@b.',
        sharePercent: 100,
      },
      delayMs: 20,
      drop: null,
    });
    const audience = Array.from({ length: PEOPLE }, (_, i) => ({ email: `p${i}@${i % 3 ? 'a' : 'b'}.test` }));
    const content = { subject: 'Hello', textContent: 'Hello', from: 'News <news@a.test>' };
    const { campaignId } = await call<{ campaignId: string }>('POST', '/api/campaigns/send', {
      name: 'Big news',
      ...content,
      audience,
    });
    await page.goto(`${server.url}/campaigns/${campaignId}`);
    await page.getByRole('button', { name: 'Pause sending' }).click();
    await page.getByRole('heading', { name: /^Big news paused/ }).waitFor();
    await takePictures(page, 'campaign-paused');
    await page.getByRole('button', { name: 'Resume sending' }).click();
    await page.getByRole('heading', { name: /^Big news done/ }).waitFor({ timeout: 60_000 });
    const { counts } = await call<{ counts: object }>('GET', `/api/campaigns/${campaignId}`);
    expect(counts).toMatchObject({ sent: 2900, failed: 100 });

    await page.reload();
    await page.getByRole('button', { name: /^failed.*554 100/ }).click();
    expect(page.url()).toContain('code=554');
    await expect.poll(() => page.locator('tbody tr button').first().textContent()).toBe('p0@b.test');
    await expectAccessible(page);
    await takePictures(page, 'campaign-done');
    await call('PUT', '/api/sandbox/behaviour', { refuse: null, delayMs: 0, drop: null });
    await page.getByRole('button', { name: 'Retry 100 failed…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Recipients that failed with “554').waitFor();
    await dialog.getByRole('button', { name: 'Retry these' }).click();
    await page.getByText('100 recipients are tried again.').waitFor();
    await page.getByRole('heading', { name: /^Big news done/ }).waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: /^3,000 sent/ }).waitFor();
  });

  it('shows any row of the ledger, and one recipient’s story', { timeout: 60_000 }, async () => {
    await page.goto(`${server.url}/campaigns`);
    await page.getByRole('link', { name: 'Big news', exact: true }).click();
    const table = page.getByRole('region', { name: 'Recipients' }).getByRole('table');
    await table.getByText('p0@b.test').waitFor();
    await page.evaluate(
      `document.querySelector('section[aria-label="Recipients"][tabindex]').scrollTop = 36 * ${PEOPLE - 20}`,
    );
    await table.getByRole('button', { name: `p${PEOPLE - 1}@a.test` }).click();
    const panel = page.getByRole('dialog');
    await panel.getByText(`Written into the ledger as number ${PEOPLE.toLocaleString('en')}`).waitFor();
    await takePictures(page, 'recipient');
    await page.keyboard.press('Escape');
    await expectFitsPhone(page);
  });
});
