import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, expectFitsPhone, follow, openPage, takePictures } from '../helpers/browser.ts';
import { callApi } from '../helpers/call-api.ts';
import { chromiumMissing, findChromium, launchChromium } from '../helpers/chromium.ts';
import { press, tick, write } from '../helpers/keyboard.ts';
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
    await press(page.getByRole('button', { name: 'Pause sending' }));
    await page.getByRole('heading', { name: /^Big news paused/ }).waitFor();
    await takePictures(page, 'campaign-paused');
    await press(page.getByRole('button', { name: 'Resume sending' }));
    await page.getByRole('heading', { name: /^Big news done/ }).waitFor({ timeout: 60_000 });
    const { counts } = await call<{ counts: object }>('GET', `/api/campaigns/${campaignId}`);
    expect(counts).toMatchObject({ sent: 2900, failed: 100 });

    await page.reload();
    await press(page.getByRole('button', { name: /^failed.*554 100/ }));
    expect(page.url()).toContain('code=554');
    await expect.poll(() => page.locator('tbody tr button').first().textContent()).toBe('p0@b.test');
    await expectAccessible(page);
    await takePictures(page, 'campaign-done');
    await call('PUT', '/api/sandbox/behaviour', { refuse: null, delayMs: 0, drop: null });
    await press(page.getByRole('button', { name: 'Retry 100 failed…' }));
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Recipients that failed with “554').waitFor();
    await press(dialog.getByRole('button', { name: 'Retry these' }));
    await page.getByText('100 recipients are tried again.').waitFor();
    await page.getByRole('heading', { name: /^Big news done/ }).waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: /^3,000 sent/ }).waitFor();
  });

  it('shows any row of the ledger, and one recipient’s story', { timeout: 60_000 }, async () => {
    await follow(page, `${server.url}/campaigns`);
    await press(page.getByRole('link', { name: 'Big news', exact: true }));
    const table = page.getByRole('region', { name: 'Recipients' }).getByRole('table');
    await table.getByText('p0@b.test').waitFor();
    await page.evaluate(
      `document.querySelector('section[aria-label="Recipients"][tabindex]').scrollTop = 36 * ${PEOPLE - 20}`,
    );
    await press(table.getByRole('button', { name: `p${PEOPLE - 1}@a.test` }));
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
    await follow(page, `${server.url}/campaigns`);
    await press(page.getByRole('link', { name: 'Write a campaign' }));
    await write(page.getByLabel('Subject'), 'Hello {{ firstName | default: "you" }}');
    await write(page.getByLabel('Name of the campaign'), 'First letter');
    await press(page.getByRole('button', { name: 'Add a block' }));
    await press(page.getByRole('menuitem', { name: 'Button' }));
    await write(page.getByLabel('Label'), 'Read it');
    await write(page.getByLabel('Where it leads'), 'https://example.com/letter');
    const preview = page.getByRole('region', { name: 'Preview' });
    await preview.getByText('Hello you').waitFor();
    await page.frameLocator('iframe').getByRole('link', { name: 'Read it' }).waitFor();
    await page.getByText('saved', { exact: true }).waitFor();
    await expectAccessible(page);
    await expectFitsPhone(page);
    await takePictures(page, 'composer-content');

    await press(page.getByRole('button', { name: 'Next: Audience' }));
    await tick(page.getByRole('group', { name: 'Lists', exact: true }).getByLabel(/^Readers/));
    await page.getByText('30 recipients now').waitFor();
    await expectAccessible(page);
    await takePictures(page, 'composer-audience');
    await press(page.getByRole('button', { name: 'Next: Sender and accounts' }));
    await write(page.getByLabel('From'), 'News <news@a.test>');
    await tick(page.getByLabel('For this campaign'));
    await tick(page.getByLabel('Count clicks'));
    await write(page.getByLabel('utm_source'), 'letter');
    await expectAccessible(page);
    await takePictures(page, 'composer-sender');
    await press(page.getByRole('button', { name: 'Next: Schedule' }));
    await tick(page.getByLabel('At a time'));
    await tick(page.getByLabel('By the clock of each recipient'));
    await expectAccessible(page);
    await takePictures(page, 'composer-schedule');
    await tick(page.getByLabel('As soon as it is launched'));
    await press(page.getByRole('button', { name: 'Next: Review' }));
    await page.getByText('Readers can unsubscribe from a link').waitFor();
    await write(page.getByLabel('To these addresses'), 'me@a.test');
    await press(page.getByRole('button', { name: 'Send the test' }));
    await page.getByText('sent me@a.test').waitFor();
    await expectAccessible(page);
    await expectFitsPhone(page);
    await takePictures(page, 'composer-review');
    await press(page.getByRole('button', { name: 'Send to 30 people' }));
    await press(page.getByRole('dialog').getByRole('button', { name: 'Send to 30 people' }));
    await page.getByRole('heading', { name: /^First letter done/ }).waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: /^30 sent/ }).waitFor();
    const written = await call('GET', `/api/campaigns/${new URL(page.url()).pathname.split('/').at(-1)}`);
    expect(written).toMatchObject({ tracking: { opens: false, clicks: true }, utm: { source: 'letter' } });
  });

  it('says of an estimate that it is one, up to the button', { timeout: 60_000 }, async () => {
    const { id: listId } = await call<{ id: string }>('POST', '/api/lists', { name: 'Everybody' });
    await call('POST', `/api/lists/${listId}/contacts`, { emails: ['one@a.test'] });
    const letter = { subject: 'Hello', textContent: 'Hello', audience: { listIds: [listId] } };
    const { id } = await call<{ id: string }>('POST', '/api/campaigns', letter);
    // As if they were too many to be counted at once.
    await page.route(/\/(forecast|check)$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), recipients: 1_234_500, isEstimate: true } });
    });
    await page.goto(`${server.url}/campaigns/${id}/edit?step=audience`);
    await page.getByText('about 1,234,500 recipients now').waitFor();
    await page.goto(`${server.url}/campaigns/${id}/edit?step=review`);
    await page.getByText('≈ 1,234,500').waitFor();
    await press(page.getByRole('button', { name: 'Send to about 1,234,500 people' }));
    await page.getByRole('dialog').getByLabel('Type 1,234,500 to go on').waitFor();
    await page.unroute(/\/(forecast|check)$/);
    await call('DELETE', `/api/campaigns/${id}`);
  });

  it('begins with a template, which keeps all its versions', { timeout: 60_000 }, async () => {
    await follow(page, `${server.url}/templates`);
    await page.getByText('No template yet').waitFor();
    await press(page.getByRole('button', { name: 'New template' }));
    await write(page.getByRole('textbox', { name: /^Name/ }), 'Monthly letter');
    await write(page.getByLabel('Subject'), 'News of the month');
    await press(page.getByText('HTML', { exact: true }));
    const editor = page.getByRole('textbox', { name: 'Source of the message' });
    await write(editor, '<p>Hello {{ name }}</p>');
    await press(page.getByRole('button', { name: 'Save as version 2' }));
    await page.getByText('Saved as version 2.').waitFor();
    await press(page.getByRole('link', { name: 'Version 1' }));
    await page.getByText('This is version 1.').waitFor();
    await expectAccessible(page);
    await expectFitsPhone(page);
    await takePictures(page, 'template');
    await page.goto(`${server.url}/campaigns/new`);
    await press(page.getByRole('button', { name: 'Begin with a template' }));
    await press(page.getByRole('menuitem', { name: 'Monthly letter' }));
    await expect.poll(() => page.getByLabel('Subject').inputValue()).toBe('News of the month');
    await press(page.getByRole('button', { name: 'Delete the draft' }));
    await press(page.getByRole('button', { name: 'Undo' }));
    await page.getByRole('link', { name: 'Untitled campaign', exact: true }).waitFor();
    await takePictures(page, 'campaigns');
  });
});
