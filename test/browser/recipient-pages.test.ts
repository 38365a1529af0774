import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendDueConfirmations } from '../../src/core/confirmation-mails.ts';
import { expandCampaign } from '../../src/engine/expand.ts';
import { openTestApp, type TestApp } from '../helpers/app.ts';
import { chromiumMissing, findChromium, launchChromium } from '../helpers/chromium.ts';
import { runsHere } from '../helpers/runs-here.ts';
import { type SmtpSink, startSink } from '../helpers/smtp-sink.ts';

const chromium = findChromium();
const SIZES = [
  { width: 1440, height: 900 },
  { width: 360, height: 740 },
];
/** Where to leave pictures of all pages for people to look at; without it none are taken. */
const PICTURES = process.env.TEST_PICTURES;

describe.runIf(runsHere('pages of recipients in a browser', chromiumMissing()))('pages of recipients', () => {
  let test: TestApp;
  let sink: SmtpSink;
  let browser: Browser;
  /** As most people have it: nothing of ours may need a script. */
  let context: BrowserContext;
  let page: Page;
  let auditor: Page;
  let url = '';

  beforeAll(async () => {
    test = await openTestApp();
    sink = await startSink();
    await test.addAccount(sink.port);
    url = await test.app.listen({ port: 0, host: '127.0.0.1' });
    browser = await launchChromium(chromium ?? '');
    context = await browser.newContext({ javaScriptEnabled: false, viewport: SIZES[0] ?? null });
    context.setDefaultTimeout(15_000);
    page = await context.newPage();
    auditor = await browser.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await test?.close();
    await sink?.close();
  });

  const post = async (path: string, body: object) => (await test.call('POST', path, body)).body;
  const heading = () => page.locator('h1').textContent();

  /** The page as it stands: by axe-core in both themes, and whether all of it fits both sizes. */
  async function audit(name: string, html: string): Promise<void> {
    // The page's own policy lets no script run, and axe is one: it is given the page without the policy.
    await auditor.setContent(html);
    await auditor.evaluate(axe.source);
    for (const colorScheme of ['light', 'dark'] as const) {
      await auditor.emulateMedia({ colorScheme });
      const { violations } = (await auditor.evaluate('axe.run()')) as {
        violations: Array<{ id: string; nodes: unknown }>;
      };
      expect(violations.map(({ id, nodes }) => `${id}: ${JSON.stringify(nodes)}`)).toEqual([]);
      for (const viewport of SIZES) {
        await auditor.setViewportSize(viewport);
        expect(await auditor.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
        if (PICTURES)
          await auditor.screenshot({
            path: `${PICTURES}/${name}-${viewport.width}-${colorScheme}.png`,
            fullPage: true,
          });
      }
    }
  }

  it('let people choose topics, pause and leave, without a script', { timeout: 120_000 }, async () => {
    const lists: string[] = [];
    for (const [name, description] of [
      ['Monthly letter', 'What we made and what we learned. Once a month, on a Tuesday.'],
      ['New in the shop', 'When something new is there. Twice a month at most.'],
      ['Invitations', null],
    ])
      lists.push((await post('/api/lists', { name, description, visibility: 'public' })).id);
    await post(`/api/lists/${lists[0]}/contacts`, { emails: ['ada@example.com'] });
    const letter = { subject: 'x', textContent: 'x', from: 'Analytical Engines <news@engines.test>' };
    const { campaignId } = await post('/api/campaigns/send', { ...letter, audience: { listIds: lists.slice(0, 1) } });
    await expandCampaign(test.core.db, campaignId, { onBatchesReady: async () => {} });
    const { rows } = await test.database.pool.query('select id from campaign_sends where campaign_id = $1', [
      campaignId,
    ]);
    const token = test.core.tokens.forRecipient({ sendId: rows[0].id, seq: 1 }).unsubscribeToken;

    await page.goto(`${url}/u/${token}`);
    // The policy lets our sheet through, and it is the one in the page.
    expect(await page.evaluate('getComputedStyle(document.querySelector("main")).borderRadius')).toBe('8px');
    await audit('unsubscribe', await page.content());
    await page.getByRole('link', { name: 'More choices' }).click();
    expect(await heading()).toBe('What you receive');
    await audit('preferences', await page.content());
    await page.getByLabel('Monthly letter').uncheck();
    await page.getByLabel('Invitations').check();
    await page.getByRole('button', { name: 'Save topics' }).click();
    expect(await page.getByRole('status').textContent()).toBe('Your topics are saved.');
    expect(await page.getByLabel('Invitations').isChecked()).toBe(true);
    expect(await page.getByLabel('Monthly letter').isChecked()).toBe(false);
    await page.getByLabel('Pause for').selectOption('3 months');
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByText('Nothing is sent to you until').waitFor();
    await audit('preferences-paused', await page.content());
    await page.getByRole('button', { name: 'End the pause now' }).click();
    await page.getByLabel('Why?').selectOption('I get too many messages');
    await page.getByRole('button', { name: 'Unsubscribe from everything' }).click();
    await page.getByText('You are unsubscribed from everything.').waitFor();
    await audit('preferences-left', await page.content());
    await page.goto(`${url}/u/${token}`);
    await page.getByRole('button', { name: 'Unsubscribe' }).click();
    expect(await heading()).toBe('You are unsubscribed');
    await audit('unsubscribed', await page.content());
    await page.goto(`${url}/u/nobody`);
    expect(await heading()).toBe('That did not work');
    await audit('trouble', await page.content());
  });

  it('let people subscribe and confirm, without a script, from our page and from one of somebody else', {
    timeout: 120_000,
  }, async () => {
    const lists: string[] = [];
    for (const [name, description] of [
      ['Reading list', 'Five links worth your time, every Friday.'],
      ['Events near you', 'Only when there is one.'],
    ])
      lists.push((await post('/api/lists', { name, description, visibility: 'public', optIn: 'double' })).id);
    const form = await post('/api/forms', {
      name: 'Website footer',
      listIds: lists,
      settings: {
        title: 'Stay in touch',
        intro: 'Tell us where to write, and what about.\n\nYou can change your mind in every message.',
        fields: [
          { name: 'firstName', label: 'First name', required: true },
          { name: 'company', label: 'Company' },
        ],
        chooseLists: true,
        consentText: 'I agree that my address is used to send me what I have chosen.',
      },
    });
    await page.goto(`${url}${new URL(form.url).pathname}`);
    await audit('form', await page.content());
    await page.getByRole('button', { name: 'Subscribe' }).click();
    await page.getByRole('alert').waitFor();
    await audit('form-faults', await page.content());
    await page.getByRole('link', { name: 'Fill in: First name.' }).click();
    expect(new URL(page.url()).hash).toBe('#in-firstName');
    await page.getByLabel('Email address').fill('grace@example.com');
    await page.getByLabel('First name').fill('Grace');
    await page.getByLabel('Reading list').check();
    await page.getByLabel('I agree').check();
    await page.getByRole('button', { name: 'Subscribe' }).click();
    // Whoever is as fast as a program is shown the page again.
    if ((await heading()) !== 'Thank you') {
      await audit('form-again', await page.content());
      expect(await page.getByLabel('Email address').inputValue()).toBe('grace@example.com');
      await page.waitForTimeout(3500);
      await page.getByRole('button', { name: 'Subscribe' }).click();
    }
    expect(await heading()).toBe('Thank you');
    await audit('form-done', await page.content());

    await sendDueConfirmations(test.core);
    const mail = (sink.accepted.at(-1)?.content.toString() ?? '').replace(/=\r\n/g, '').replaceAll('=3D', '=');
    const [, confirm] = /localhost:3000(\/confirm\/[\w-]+)/.exec(mail) ?? [];
    const [, decline] = /localhost:3000(\/decline\/[\w-]+)/.exec(mail) ?? [];
    await page.goto(`${url}${decline}`);
    await audit('decline', await page.content());
    await page.goto(`${url}${confirm}`);
    await audit('confirm', await page.content());
    await page.getByRole('button', { name: 'Yes, subscribe me' }).click();
    expect(await heading()).toBe('You are subscribed');
    await audit('confirmed', await page.content());

    await page.setContent(form.embedHtml.replace('http://localhost:3000', url));
    await page.getByLabel('Email address').fill('embedded@example.com');
    await page.getByLabel('First name').fill('Em');
    await page.getByLabel('I agree').check();
    await page.getByRole('button', { name: 'Subscribe' }).click();
    expect(await heading()).toBe('Thank you');
  });
});
