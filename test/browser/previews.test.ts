import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage } from '../helpers/browser.ts';
import { callApi } from '../helpers/call-api.ts';
import { chromiumMissing, findChromium, launchChromium } from '../helpers/chromium.ts';
import { runsHere } from '../helpers/runs-here.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const chromium = findChromium();

/** Every way a message has of running something, of loading something, and of taking its page along. */
const hostile = (elsewhere: string) => `<p>Read me</p>
<script>document.documentElement.dataset.ran = 'script'; top.ran = document.cookie; fetch('${elsewhere}/script')</script>
<img src="${elsewhere}/image" onerror="document.documentElement.dataset.ran = 'image'">
<svg onload="document.documentElement.dataset.ran = 'svg'"></svg>
<body onload="document.documentElement.dataset.ran = 'body'">
<iframe src="javascript:top.ran='frame'"></iframe><iframe src="${elsewhere}/frame"></iframe>
<object data="${elsewhere}/object"></object><link rel="stylesheet" href="${elsewhere}/style">
<meta http-equiv="refresh" content="0;url=${elsewhere}/refresh"><base href="${elsewhere}/" target="_top">
<form action="${elsewhere}/form"><button id="send" formtarget="_top">Send</button></form>
<a id="leave" href="javascript:top.ran='link'">Leave</a>`;

describe.runIf(runsHere('previews in a browser', chromiumMissing()))('a message that is shown', () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  let elsewhere: http.Server;
  const asked: string[] = [];

  beforeAll(async () => {
    server = await startTestServer();
    elsewhere = http.createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((listening) => {
      elsewhere.listen(0, '127.0.0.1', listening);
    });
    browser = await launchChromium(chromium ?? '');
    page = await openPage(browser, []); // the browser says what it does not let a message do
    await page.goto(`${server.url}/login#token=${server.loginToken}`);
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    elsewhere?.close();
  });

  const content = () => ({
    subject: 'Hello',
    htmlContent: hostile(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`),
  });

  it('runs nothing in the mailbox', async () => {
    const letter = { ...content(), from: 'News <news@a.test>', audience: [{ email: 'reader@a.test' }] };
    await callApi(server, 'POST', '/api/campaigns/send', letter);
    const messages = () => callApi<{ items: unknown[] }>(server, 'GET', '/api/sandbox/messages');
    await expect.poll(async () => (await messages()).items.length, { timeout: 20_000 }).toBe(1);
    await page.goto(`${server.url}/mailbox`);
    await page.getByRole('link', { name: /^reader@a\.test/ }).click();
    await isHarmless();
  });

  it('runs nothing beside the template it is written in', async () => {
    const { id } = await callApi<{ id: string }>(server, 'POST', '/api/templates', { name: 'Bad', ...content() });
    await page.goto(`${server.url}/templates/${id}`);
    await isHarmless();
  });

  it('runs nothing beside the campaign it is written in', async () => {
    const { id } = await callApi<{ id: string }>(server, 'POST', '/api/campaigns', { name: 'Bad', ...content() });
    await page.goto(`${server.url}/campaigns/${id}/edit`);
    await isHarmless();
  });

  /** Of the frame: its origin is nobody's, nothing ran, nothing was asked for elsewhere, and its links lead nowhere from here. */
  async function isHarmless(): Promise<void> {
    const address = page.url();
    const shown = page.frameLocator('iframe');
    await shown.getByText('Read me').waitFor();
    await shown.locator('#leave').click();
    await shown
      .locator('#send')
      .click()
      .catch(() => {}); // may have been taken out
    const frame = page.frames().find((one) => one.parentFrame() === page.mainFrame());
    expect(await frame?.evaluate('document.documentElement.dataset.ran ?? null')).toBeNull();
    expect(await frame?.evaluate('self.origin')).toBe('null');
    const cookie = '(() => { try { return document.cookie } catch (error) { return error.name } })()';
    expect(await frame?.evaluate(cookie)).toBe('SecurityError');
    expect(await page.evaluate('window.ran ?? null')).toBeNull();
    expect(page.url()).toBe(address);
    expect(asked).toEqual([]);
  }
});
