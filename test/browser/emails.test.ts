import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EmailAccepted } from '../../src/contract/emails.ts';
import { audit, openPage } from '../helpers/browser.ts';
import { callApi } from '../helpers/call-api.ts';
import { chromiumMissing, findChromium, launchChromium } from '../helpers/chromium.ts';
import { press, write } from '../helpers/keyboard.ts';
import { runsHere } from '../helpers/runs-here.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const chromium = findChromium();

describe.runIf(runsHere('emails in a browser', chromiumMissing()))('emails in a browser', { timeout: 120_000 }, () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    server = await startTestServer();
    browser = await launchChromium(chromium ?? '');
    page = await openPage(browser, complaints);
    await page.goto(`${server.url}/login#token=${server.loginToken}`);
    await heading('Overview');
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  afterEach(() => expect(complaints.splice(0)).toEqual([]));

  const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
  const send = (body: object) =>
    callApi<EmailAccepted>(server, 'POST', '/api/emails', {
      textContent: 'Hello',
      from: 'Shop <shop@acme.test>',
      ...body,
    });

  it('are listed with what became of each, found by address and state, read, and cancelled', async () => {
    await press(page.getByRole('link', { name: 'Emails', exact: true }));
    await page.getByText('No email yet').waitFor();
    await audit(page, 'emails-first');
    await callApi(server, 'POST', '/api/suppressions', { email: 'gone@acme.test' });
    await callApi(server, 'POST', '/api/contacts', { email: 'ada@acme.test', firstName: 'Ada' });
    await send({ to: 'ada@acme.test', subject: 'Your code is {{code}}', data: { code: 42 }, tags: ['login'] });
    await send({
      to: ['bob@acme.test', 'eve@acme.test', 'gone@acme.test'],
      subject: 'Your order',
      metadata: { order: '17' },
    });
    await send({ to: 'gone@acme.test', subject: 'Your receipt' });
    const scheduledAt = new Date(Date.now() + 86_400_000).toISOString();
    await send({ to: 'later@acme.test', subject: 'Your trial ends', scheduledAt });
    await page.reload();
    const row = (name: RegExp) => page.getByRole('link', { name });
    await row(/to ada@acme\.test$/).waitFor();
    await page.getByText('and 2 more').waitFor();
    await page.getByText('scheduled', { exact: true }).waitFor();
    await audit(page, 'emails');
    await press(page.getByRole('navigation', { name: 'Which emails' }).getByRole('link', { name: 'excluded' }));
    await expect.poll(() => row(/to gone@acme\.test$/).count()).toBe(2);
    await press(page.getByRole('navigation', { name: 'Which emails' }).getByRole('link', { name: 'All' }));
    await write(page.getByLabel('The whole address of a recipient'), 'bob@acme.test');
    await expect.poll(() => row(/^Email “/).count()).toBe(1);
    await press(row(/to bob@acme\.test$/));
    await heading('Your order');
    await page.getByRole('heading', { name: 'gone@acme.test' }).waitFor();
    await page.getByText('The address is on the suppression list.').waitFor();
    await audit(page, 'email');

    await page.goto(`${server.url}/emails?q=later%40acme.test`);
    await press(row(/to later@acme\.test$/));
    await press(page.getByRole('button', { name: 'Cancel', exact: true }));
    await press(page.getByRole('button', { name: 'Cancel the email' }));
    await page.getByText('It was cancelled first').waitFor();
  });

  it('stand in what a contact got', async () => {
    await page.goto(`${server.url}/contacts?q=ada`);
    await press(page.getByRole('link', { name: /ada@acme\.test/ }).first());
    await press(page.getByRole('link', { name: 'Your code is {{code}}' }));
    await heading('Your code is {{code}}');
    await page.getByText('Your code is 42').waitFor();
    await page.getByText('The server took responsibility').waitFor();
  });
});
