import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { audit, openPage } from '../helpers/browser.ts';
import { callApi } from '../helpers/call-api.ts';
import { chromiumMissing, findChromium, launchChromium } from '../helpers/chromium.ts';
import { FeedServer } from '../helpers/feed-server.ts';
import { press, tick, write } from '../helpers/keyboard.ts';
import { runsHere } from '../helpers/runs-here.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const chromium = findChromium();

describe.runIf(runsHere('series in a browser', chromiumMissing()))('series in a browser', { timeout: 120_000 }, () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  let feed: FeedServer;
  const complaints: string[] = [];

  beforeAll(async () => {
    feed = await FeedServer.start();
    feed.serveRss([3, 2, 1]);
    server = await startTestServer();
    browser = await launchChromium(chromium ?? '');
    page = await openPage(browser, complaints);
    await callApi(server, 'POST', '/api/lists', { name: 'Readers' });
    await page.goto(`${server.url}/login#token=${server.loginToken}`);
    await heading('Overview');
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    feed?.close();
  });
  // An address that is typed slowly is asked for before it is whole: the form tells that it cannot be read, until it can.
  afterEach(() => expect(complaints.splice(0).filter((one) => !/502/.test(one))).toEqual([]));

  const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
  const rail = (name: string) =>
    page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true });
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  it('are written beside what the feed would make of them today, and sent at once when one likes', async () => {
    await press(rail('Recurring'));
    await page.getByText('Nothing comes back yet').waitFor();
    await audit(page, 'series-empty');
    await press(page.getByRole('link', { name: 'New series' }));
    await heading('New series');
    await page.getByText('Still missing').waitFor();
    await write(page.getByLabel(/^Name/), 'Blog');
    await tick(page.getByLabel('Thursday'));
    await expect.poll(() => page.getByRole('status', { name: 'The next times' }).getByRole('listitem').count()).toBe(5);
    await tick(page.getByLabel(/new in a feed/));
    await tick(page.getByLabel(/private network/));
    await write(page.getByLabel(/^Address of the feed/), feed.url);
    await page.getByText('3 items in the feed').waitFor();
    const frame = page.frameLocator('iframe');
    await frame.getByRole('link', { name: 'Post 3' }).waitFor();
    await tick(page.getByLabel(/^Readers/).first());
    await audit(page, 'series-editor');
    await press(button('Start the series'));
    await heading('Blog');
    await press(button('Send now'));
    await page.getByText('sent by hand · 3 items').waitFor();
    await audit(page, 'one-series');
    await press(button('Pause'));
    await page.getByText('It does not come again by itself.').waitFor();
    await press(rail('Recurring'));
    await page.getByText('paused', { exact: true }).waitFor();
    await audit(page, 'series');
    await press(rail('Campaigns'));
    await page.getByRole('link', { name: 'from the series “Blog”' }).waitFor();
    await audit(page, 'campaigns-of-series');
  });
});
