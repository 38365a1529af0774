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

  it('is written in five steps, checked, tried out and sent', { timeout: 90_000 }, async () => {
    const { id: listId } = await call<{ id: string }>('POST', '/api/lists', { name: 'Readers' });
    const emails = Array.from({ length: 30 }, (_, i) => `reader${i}@a.test`);
    await call('POST', `/api/lists/${listId}/contacts`, { emails });
    await page.goto(`${server.url}/campaigns`);
    await page.getByRole('link', { name: 'Write a campaign' }).click();
    await page.getByLabel('Subject').fill('Hello {{ firstName | default: "you" }}');
    await page.getByLabel('Name of the campaign').fill('First letter');
    await page.getByRole('button', { name: 'Add a block' }).click();
    await page.getByRole('menuitem', { name: 'Button' }).click();
    await page.getByLabel('Label').fill('Read it');
    await page.getByLabel('Where it leads').fill('https://example.com/letter');
    const preview = page.getByRole('region', { name: 'Preview' });
    await preview.getByText('Hello you').waitFor();
    await page.frameLocator('iframe').getByRole('link', { name: 'Read it' }).waitFor();
    await page.getByText('saved', { exact: true }).waitFor();
    await expectAccessible(page);
    await expectFitsPhone(page);
    await takePictures(page, 'composer-content');

    await page.getByRole('button', { name: 'Next: Audience' }).click();
    await page
      .getByRole('group', { name: 'Lists', exact: true })
      .getByLabel(/^Readers/)
      .check();
    await page.getByText('30 recipients now').waitFor();
    await expectAccessible(page);
    await takePictures(page, 'composer-audience');
    await page.getByRole('button', { name: 'Next: Sender and accounts' }).click();
    await page.getByLabel('From').fill('News <news@a.test>');
    await expectAccessible(page);
    await takePictures(page, 'composer-sender');
    await page.getByRole('button', { name: 'Next: Schedule' }).click();
    await page.getByLabel('At a time').check();
    await page.getByLabel('By the clock of each recipient').check();
    await expectAccessible(page);
    await takePictures(page, 'composer-schedule');
    await page.getByLabel('As soon as it is launched').check();
    await page.getByRole('button', { name: 'Next: Review' }).click();
    await page.getByText('Readers can unsubscribe from a link').waitFor();
    await page.getByLabel('To these addresses').fill('me@a.test');
    await page.getByRole('button', { name: 'Send the test' }).click();
    await page.getByText('sent me@a.test').waitFor();
    await expectAccessible(page);
    await expectFitsPhone(page);
    await takePictures(page, 'composer-review');
    await page.getByRole('button', { name: 'Send to 30 people' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Send to 30 people' }).click();
    await page.getByRole('heading', { name: /^First letter done/ }).waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: /^30 sent/ }).waitFor();
  });

  it('begins with a template, which keeps all its versions', { timeout: 60_000 }, async () => {
    await page.goto(`${server.url}/templates`);
    await page.getByText('No template yet').waitFor();
    await page.getByRole('button', { name: 'New template' }).click();
    await page.getByRole('textbox', { name: /^Name/ }).fill('Monthly letter');
    await page.getByLabel('Subject').fill('News of the month');
    await page.getByText('HTML', { exact: true }).click();
    const editor = page.getByRole('textbox', { name: 'Source of the message' });
    await editor.fill('<p>Hello {{ name }}</p>');
    await page.getByRole('button', { name: 'Save as version 2' }).click();
    await page.getByText('Saved as version 2.').waitFor();
    await page.getByRole('link', { name: 'Version 1' }).click();
    await page.getByText('This is version 1.').waitFor();
    await expectAccessible(page);
    await expectFitsPhone(page);
    await takePictures(page, 'template');
    await page.goto(`${server.url}/campaigns/new`);
    await page.getByRole('button', { name: 'Begin with a template' }).click();
    await page.getByRole('menuitem', { name: 'Monthly letter' }).click();
    await expect.poll(() => page.getByLabel('Subject').inputValue()).toBe('News of the month');
    await page.getByRole('button', { name: 'Delete the draft' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('link', { name: 'Untitled campaign', exact: true }).waitFor();
    await takePictures(page, 'campaigns');
  });
});
