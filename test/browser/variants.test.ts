import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { audit, openPage } from '../helpers/browser.ts';
import { callApi } from '../helpers/call-api.ts';
import { people } from '../helpers/campaign.ts';
import { chromiumMissing, findChromium, launchChromium } from '../helpers/chromium.ts';
import { press, tick, write } from '../helpers/keyboard.ts';
import { runsHere } from '../helpers/runs-here.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const chromium = findChromium();
const HTML = '<p>Hello {{ firstName }}, <a href="https://shop.test/">shop</a> <a href="{{unsubscribeUrl}}">off</a></p>';

describe.runIf(runsHere('variants in a browser', chromiumMissing()))(
  'variants in a browser',
  { timeout: 120_000 },
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
      await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      await server?.stop();
    });
    afterEach(() => expect(complaints.splice(0)).toEqual([]));

    const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });

    it('are written side by side, tried on a sample, and one of them is chosen for the rest', async () => {
      const draft = await callApi<{ id: string }>(server, 'POST', '/api/campaigns', {
        ...{ name: 'November news', subject: 'News of November', htmlContent: HTML },
        audience: people(60),
      });
      await page.goto(`${server.url}/campaigns/${draft.id}/edit`);
      await press(button('Try it in variants'));
      await button('B').waitFor();
      await write(page.getByLabel('Subject', { exact: true }), 'What is new');
      await tick(page.getByLabel('A sample tries them, the rest gets the best'));
      await page.getByText('wait for the best').waitFor();
      await page.getByLabel('The best is decided by').selectOption('manual');
      await expect
        .poll(async () => (await callApi<{ variants: object[] }>(server, 'GET', `/api/campaigns/${draft.id}`)).variants)
        .toMatchObject([{ name: 'A' }, { name: 'B', subject: 'What is new' }]);
      await page.getByLabel('The best is decided by').selectOption('clicks');
      await page.getByText('are tracked for that', { exact: false }).waitFor();
      await page.getByText('saved', { exact: true }).waitFor();
      await audit(page, 'composer-variants');
      await press(button('Take B away').or(button('Without variants')));
      await button('Try it in variants').waitFor();
      await press(button('Try it in variants'));
      await tick(page.getByText('A message of its own'));
      await write(page.getByLabel(/^Subject/), 'What is new');
      await press(button('Make 4 combinations').or(button('Add a variant')).first());
      await page.getByText('saved', { exact: true }).waitFor();

      const abTest = { samplePercent: 40, winner: 'manual' };
      const variants = [{ name: 'Plain' }, { name: 'Asking', subject: 'What is new?' }];
      await callApi(server, 'PATCH', `/api/campaigns/${draft.id}`, {
        variants,
        abTest,
        tracking: { opens: true, clicks: true },
      });
      await callApi(server, 'POST', `/api/campaigns/${draft.id}/launch`);
      await page.goto(`${server.url}/campaigns/${draft.id}`);
      await page.getByText('36 people wait for the winner.', { exact: false }).waitFor();
      await audit(page, 'campaign-variants');
      await press(button('Send the rest Asking'));
      await press(page.getByRole('dialog').getByRole('button', { name: 'Send Asking to 36 people' }));
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await page.getByText('winner', { exact: true }).waitFor();
      await press(button('Asking'));
      await page.getByText('variant Asking').waitFor();
    });
  },
);
