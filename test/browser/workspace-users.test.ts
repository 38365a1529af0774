import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FakeGoogle, fakeUsers } from '../../bench/providers/fake-google.ts';
import { FakeProvider } from '../../bench/providers/fake-provider.ts';
import { audit, openPage } from '../helpers/browser.ts';
import { chromiumMissing, findChromium, launchChromium } from '../helpers/chromium.ts';
import { press, write } from '../helpers/keyboard.ts';
import { runsHere } from '../helpers/runs-here.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const chromium = findChromium();

describe.runIf(runsHere('Google Workspace in a browser', chromiumMissing()))(
  'Google Workspace in a browser',
  { timeout: 60_000 },
  () => {
    let server: TestServer;
    let browser: Browser;
    let page: Page;
    let google: FakeGoogle;
    let provider: FakeProvider;
    const complaints: string[] = [];

    beforeAll(async () => {
      google = new FakeGoogle({ users: fakeUsers(3) });
      provider = await new FakeProvider(google).start();
      server = await startTestServer();
      browser = await launchChromium(chromium ?? '');
      page = await openPage(browser, complaints);
      await page.goto(`${server.url}/login#token=${server.loginToken}`);
      await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      await server?.stop();
      await provider?.close();
    });
    afterEach(() => expect(complaints.splice(0)).toEqual([]));

    it('takes a key and says what to authorise; its users stand on its page and are paused there', async () => {
      await page.goto(`${server.url}/accounts?new=directory`);
      const dialog = page.getByRole('dialog');
      await write(dialog.getByLabel(/^Administrator/), google.admin);
      await write(dialog.getByLabel('Or paste it'), google.key);
      expect(await dialog.getByLabel('Client ID').inputValue()).toBe('112233445566778899000');
      expect(await dialog.getByLabel('Scopes').inputValue()).toContain('auth/gmail.send,');
      await press(dialog.getByText('Connections and batches'));
      await write(dialog.getByLabel(/^Other address/), provider.url.href);
      await audit(page, 'account-workspace-form');
      await press(dialog.getByRole('button', { name: 'Check the connection' }));
      await dialog.getByText('Ready to send. Nothing was sent.').waitFor();
      await press(dialog.getByRole('button', { name: 'Add this account' }));
      await press(page.getByRole('link', { name: 'Google Workspace' }));
      await page.getByRole('heading', { name: 'Users' }).waitFor();
      await press(page.getByRole('button', { name: 'Read the directory' }));
      await page.getByText('3 users can send, 0 are gone.').waitFor();
      await page.getByText('u2@acme.test').waitFor();
      await press(page.getByRole('button', { name: 'Actions for u2@acme.test' }));
      await press(page.getByRole('menuitem', { name: 'Pause' }));
      await page.getByText('paused').first().waitFor();
      await audit(page, 'account-workspace-users');
    });
  },
);
