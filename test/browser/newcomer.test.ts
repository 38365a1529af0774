import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openPage } from '../helpers/browser.ts';
import { callApi } from '../helpers/call-api.ts';
import { chromiumMissing, findChromium, launchChromium } from '../helpers/chromium.ts';
import { runsHere } from '../helpers/runs-here.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const chromium = findChromium();
const PEOPLE = 5200;
/** Of them, who has more than 100 points. */
const RECIPIENTS = 5000;

describe.runIf(runsHere('a newcomer in a browser', chromiumMissing()))('a newcomer', () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  let folder: string;
  const complaints: string[] = [];
  const click = (name: string) => page.getByRole('button', { name, exact: true }).click();

  beforeAll(async () => {
    server = await startTestServer({}, 'inside', { embedded: true });
    browser = await launchChromium(chromium ?? '');
    page = await openPage(browser, complaints, { reducedMotion: 'no-preference' });
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-newcomer-'));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => expect(complaints.splice(0).filter((one) => !/401/.test(one))).toEqual([]));

  it('sets the program up by the link of its first start', { timeout: 60_000 }, async () => {
    await page.goto(`${server.url}/setup#token=${server.loginToken}`);
    await page.getByLabel('Your name').fill('Grace Hopper');
    await page.getByLabel('Your email address').fill('grace@acme.test');
    await page.getByLabel('Password', { exact: true }).fill('a ship in port is safe');
    await page.getByLabel('Name of the workspace').fill('Acme');
    await click('Go on');
    await click('Stay with the built-in mailbox');
    await click('Send test message');
    await page.getByText('The server took it.').waitFor();
    await click('Go on');
    await click('Open the dashboard');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  });

  it('imports people, with a column of numbers', { timeout: 90_000 }, async () => {
    const rows = Array.from(
      { length: PEOPLE },
      (_, i) => `p${i}@people.test,Person ${i},${i < RECIPIENTS ? 101 + i : 7}`,
    );
    const file = path.join(folder, 'people.csv');
    fs.writeFileSync(file, `Email,First Name,Points\n${rows.join('\n')}\n`);
    await page.goto(`${server.url}/imports`);
    await page.getByLabel('choose a file', { exact: true }).last().setInputFiles(file);
    await page.getByRole('heading', { level: 1, name: 'people.csv' }).waitFor();
    await page.getByLabel('What becomes of Points').selectOption('new');
    await page.getByLabel('Name of the attribute').fill('points');
    await page.getByLabel('Its type').selectOption('number');
    await page.getByRole('button', { name: 'Look at every row again' }).click();
    await click('Import 5,200 people');
    await page.getByText('done', { exact: true }).first().waitFor({ timeout: 60_000 });
  });

  it('writes to a segment of them, and sees it done', { timeout: 120_000 }, async () => {
    await callApi(server, 'POST', '/api/segments', {
      name: 'Regulars',
      filter: { and: [{ attribute: 'points', op: 'above', value: 100 }] },
    });
    await page.goto(`${server.url}/campaigns/new`);
    await page.getByLabel('Subject').fill('Hello {{ firstName }}');
    await page.getByText('saved', { exact: true }).waitFor();
    await click('Next: Audience');
    await page
      .getByRole('group', { name: 'Segments', exact: true })
      .getByLabel(/^Regulars/)
      .check();
    await page.getByText('5,000 recipients now').waitFor({ timeout: 60_000 });
    await click('Next: Sender and accounts');
    await page.getByLabel('From').fill('Acme <news@acme.test>');
    await click('Next: Schedule');
    await click('Next: Review');
    await click('Send to 5,000 people');
    await page.getByRole('dialog').getByRole('button', { name: 'Send to 5,000 people' }).click();
    await page.getByRole('heading', { name: /^Untitled campaign done$/ }).waitFor({ timeout: 60_000 });
    const { items } = await callApi<{ items: Array<{ counts: object }> }>(server, 'GET', '/api/campaigns');
    expect(items[0]?.counts).toMatchObject({ sent: RECIPIENTS, failed: 0, unknown: 0, excluded: 0 });
    await page.getByRole('button', { name: /^5,000 sent/ }).waitFor({ timeout: 30_000 });
    await page.goto(`${server.url}/mailbox?q=p4999@`);
    await page.getByRole('link', { name: /^p4999@people\.test/ }).click();
    await page.frameLocator('iframe').getByText('Hello Person 4999').waitFor();
  });
});
