import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Domain } from '../../src/contract/domains.ts';
import { audit, follow, openPage } from '../helpers/browser.ts';
import { callApi } from '../helpers/call-api.ts';
import { chromiumMissing, findChromium, launchChromium } from '../helpers/chromium.ts';
import { press, tick, write } from '../helpers/keyboard.ts';
import { runsHere } from '../helpers/runs-here.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const chromium = findChromium();

describe.runIf(runsHere('sending domains in a browser', chromiumMissing()))(
  'sending domains in a browser',
  { timeout: 60_000 },
  () => {
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

    const call = <T>(method: string, path: string, body?: unknown) => callApi<T>(server, method, path, body);
    const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
    const button = (name: string) => page.getByRole('button', { name, exact: true });

    it('are added, show the records to set, and get new keys', async () => {
      await press(page.getByRole('link', { name: 'Domains', exact: true }));
      await page.getByText('No domain yet').waitFor();
      await audit(page, 'domains-first');
      await press(button('Add a domain'));
      const dialog = page.getByRole('dialog');
      await write(dialog.getByLabel(/^Domain/), 'acme.test');
      await tick(dialog.getByLabel('A second signature with Ed25519'));
      await press(dialog.getByRole('button', { name: 'Add the domain' }));
      await heading('acme.test');
      const [domain] = (await call<{ items: Domain[] }>('GET', '/api/domains')).items;
      const record = domain?.keys[0]?.record;
      expect(await page.getByLabel(`Value of the record ${record?.host}`).inputValue()).toBe(record?.value);
      await page.getByText('waits for its record').first().waitFor();

      await press(button('Check again'));
      await page.getByRole('heading', { name: 'What the DNS says' }).waitFor();
      await audit(page, 'domain');

      await press(button('New key'));
      await press(dialog.getByRole('button', { name: 'Make a new key' }));
      // One that waits is enough: the answer says so in the dialog.
      await dialog.getByText(/waiting for its record already/).waitFor();
      expect(complaints.splice(0).filter((each) => !each.includes('409'))).toEqual([]);
      await page.keyboard.press('Escape');
      await follow(page, `${server.url}/domains`);
      await page.getByRole('link', { name: 'acme.test' }).waitFor();
      await audit(page, 'domains');
    });

    it('stand beside accounts that begin slowly, with what the day allows', async () => {
      const { id } = await call<{ id: string }>('POST', '/api/accounts', {
        name: 'New server',
        type: 'smtp',
        host: 'out.acme.test',
        limits: { perDay: 5000 },
      });
      await follow(page, `${server.url}/accounts/${id}`);
      await press(button('Begin slowly'));
      await press(page.getByRole('dialog').getByRole('button', { name: 'Begin slowly' }));
      await page.getByText('Day 1: 50 messages in 24 hours, 30 % more every day, up to 10,000.').waitFor();
      await audit(page, 'account-warmup');
      await press(button('End the warm-up'));
      await button('Begin slowly').waitFor();
    });
  },
);
