import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { audit, openPage } from '../helpers/browser.ts';
import { callApi } from '../helpers/call-api.ts';
import { chromiumMissing, findChromium, launchChromium } from '../helpers/chromium.ts';
import { press, tick, write } from '../helpers/keyboard.ts';
import { runsHere } from '../helpers/runs-here.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { WebhookReceiver } from '../helpers/webhook-receiver.ts';

const chromium = findChromium();

describe.runIf(runsHere('webhooks in a browser', chromiumMissing()))(
  'webhooks in a browser',
  { timeout: 60_000 },
  () => {
    let server: TestServer;
    let browser: Browser;
    let page: Page;
    let receiver: WebhookReceiver;
    const complaints: string[] = [];

    beforeAll(async () => {
      receiver = await WebhookReceiver.start();
      server = await startTestServer();
      browser = await launchChromium(chromium ?? '');
      page = await openPage(browser, complaints);
      await page.goto(`${server.url}/login#token=${server.loginToken}`);
      await heading('Overview');
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      await server?.stop();
      receiver?.close();
    });
    afterEach(() => expect(complaints.splice(0)).toEqual([]));

    const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
    const button = (name: string) => page.getByRole('button', { name, exact: true });

    it('are added with a secret that is shown once, tested, and sent again', async () => {
      await press(page.getByRole('link', { name: 'Webhooks', exact: true }));
      await page.getByText('No webhook yet').waitFor();
      await press(button('Add a webhook'));
      const dialog = page.getByRole('dialog');
      await write(dialog.getByLabel(/^Address/), receiver.url);
      await write(dialog.getByLabel(/^Name/), 'CRM');
      await tick(dialog.getByLabel('Campaigns: started'));
      await tick(dialog.getByLabel(/private network/));
      await press(dialog.getByRole('button', { name: 'Add the webhook' }));
      expect(await dialog.getByLabel('Secret').inputValue()).toMatch(/^whsec_/);
      await press(dialog.getByRole('button', { name: 'I have it' }));
      await audit(page, 'webhooks');
      await press(page.getByRole('link', { name: 'CRM' }));
      await heading('CRM');
      await press(button('Send a test'));
      await page.getByText('The endpoint took the test.').waitFor();
      await page.getByText('delivered', { exact: true }).first().waitFor();
      await audit(page, 'webhook');
      await press(button('Send again'));
      await expect.poll(() => receiver.received.length, { timeout: 15_000 }).toBe(2);
      expect(receiver.received[1]?.headers['webhook-id']).toBe(receiver.received[0]?.headers['webhook-id']);
      await press(page.getByRole('button', { name: /^Attempts of msg_/ }));
      await dialog.getByText(/webhook\.test/).waitFor();
      await page.keyboard.press('Escape');
    });

    it('of providers have their address on the account', async () => {
      const { id } = await callApi<{ id: string }>(server, 'POST', '/api/accounts', {
        name: 'Resend',
        type: 'resend',
        password: 're_123456789',
      });
      await page.goto(`${server.url}/accounts/${id}`);
      await page.getByText('Nothing is taken yet', { exact: false }).waitFor();
      await press(button('Set the signing key'));
      const dialog = page.getByRole('dialog');
      await write(dialog.getByLabel('Signing key'), `whsec_${Buffer.alloc(32, 1).toString('base64')}`);
      await press(dialog.getByRole('button', { name: 'Save' }));
      await page.getByText('are taken when they are signed', { exact: false }).waitFor();
      await audit(page, 'account-webhook');
    });

    it('and mailboxes that returned mail is fetched from are added', async () => {
      await press(page.getByRole('link', { name: 'Bounce mailboxes', exact: true }));
      await page.getByText('No bounce mailbox yet').waitFor();
      await audit(page, 'bounce-mailboxes-first');
      await press(button('Add a mailbox'));
      const dialog = page.getByRole('dialog');
      await write(dialog.getByLabel('IMAP server'), 'imap.acme.test');
      await write(dialog.getByLabel('User name'), 'bounces@acme.test');
      await write(dialog.getByLabel('Password', { exact: true }), 'secret');
      await press(dialog.getByRole('button', { name: 'Add the mailbox' }));
      await page.getByText('imap.acme.test').first().waitFor();
      await audit(page, 'bounce-mailboxes');
    });
  },
);
