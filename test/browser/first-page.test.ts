import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { follow, openPage } from '../helpers/browser.ts';
import { chromiumMissing, findChromium, launchChromium } from '../helpers/chromium.ts';
import { runsHere } from '../helpers/runs-here.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';

const chromium = findChromium();
const PEOPLE = 40;

describe.runIf(runsHere('the dashboard in a browser', chromiumMissing()))(
  'the dashboard in a browser',
  { timeout: 90_000 },
  () => {
    let server: TestServer;
    let browser: Browser;
    let page: Page;
    /** What the browser complained about: console errors, exceptions, requests that failed. */
    const complaints: string[] = [];

    beforeAll(async () => {
      server = await startTestServer();
      browser = await launchChromium(chromium ?? '');
      page = await openPage(browser, complaints, { reducedMotion: 'no-preference' });
    });
    afterAll(async () => {
      await browser?.close();
      await server?.stop();
    });
    afterEach(() => expect(complaints.splice(0)).toEqual([]));

    /** Keys that belong together are forgotten when a machine with much else to do parts them. */
    const goByKeys = (key: string, heading: string) =>
      expect
        .poll(
          async () => {
            await page.keyboard.press('g');
            await page.keyboard.press(key);
            const arrived = page.getByRole('heading', { name: heading });
            return arrived.waitFor({ timeout: 3000 }).then(
              () => true,
              () => false,
            );
          },
          { timeout: 20_000 },
        )
        .toBe(true);

    it('logs in by the link of the first start, and takes the token out of the address', async () => {
      await page.goto(`${server.url}/login#token=${server.loginToken}`);
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      expect(page.url()).toBe(`${server.url}/`);
      await page.getByText('Nothing has been sent yet').waitFor();
      await page.getByText('Mail stays on this machine.').waitFor();
    });

    it('shows a campaign that somebody else starts, live, until it is done', async () => {
      await goByKeys('c', 'Campaigns');
      await sendCampaign(server);
      const bar = page.getByRole('link', { name: /^News: / });
      await expect.poll(() => bar.getAttribute('aria-label'), { timeout: 20_000 }).toContain(`${PEOPLE} sent`);
      expect(await bar.getAttribute('aria-label')).toBe(
        `News: ${PEOPLE} sent (93.0 %), 1 failed (2.3 %), 2 excluded (4.7 %) of ${PEOPLE + 3} recipients`,
      );
      await page.getByRole('link', { name: 'Done 1' }).waitFor();
      await bar.focus();
      expect(await page.getByRole('tooltip').textContent()).toContain('sent4093.0 %');
    });

    it('opens a campaign, filters its ledger and tells a recipient’s story in the server’s words', async () => {
      await page.getByRole('link', { name: 'News', exact: true }).click();
      await page.getByRole('heading', { name: /^News done/ }).waitFor();
      await page.getByRole('button', { name: /^1 failed/ }).click();
      expect(page.url()).toContain('?state=failed');
      const addresses = () => page.locator('tbody tr button').allTextContents();
      await expect.poll(addresses, { timeout: 20_000 }).toEqual(['bounce@example.com']);
      await page.getByRole('button', { name: 'bounce@example.com' }).click();
      const panel = page.getByRole('dialog');
      await panel.getByText('Refused for good').waitFor();
      expect(await panel.locator('pre').textContent()).toContain('5.1.1 <bounce@example.com>: no such user here');
      await page.keyboard.press('Escape');
      await panel.waitFor({ state: 'hidden' });
    });

    it('goes to the mailbox by keyboard and opens a message there without running its scripts', async () => {
      await goByKeys('m', 'Mailbox');
      await page
        .getByRole('link', { name: /@example\.com/ })
        .first()
        .waitFor();
      await page.keyboard.press('/');
      await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('INPUT');
      await page.keyboard.type('person7@');
      const message = page.getByRole('link', { name: /^person7@example\.com/ });
      await message.click();
      const body = page.frameLocator('iframe').locator('body');
      expect(await body.textContent()).toContain('Hello Person 7');
      await page.getByRole('tab', { name: 'Headers' }).click();
      await page.getByRole('row', { name: /^List-Unsubscribe / }).waitFor();
      await page.getByRole('tab', { name: 'Source' }).click();
      await page.getByText('MIME-Version: 1.0').waitFor();
    });

    it('opens the message that is clicked while the words of a search are still being typed', async () => {
      await follow(page, `${server.url}/campaigns`);
      await goByKeys('m', 'Mailbox');
      await page.locator('a[href^="/mailbox/"]').first().waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type('person');
      // React draws by messages to itself. Late ones leave the address ahead of the page while the search is told.
      await page.evaluate(`(() => {
        const post = MessagePort.prototype.postMessage;
        MessagePort.prototype.postMessage = function (...message) {
          setTimeout(() => post.apply(this, message), 400);
        };
        document.querySelector('a[href^="/mailbox/"]').click();
        setTimeout(() => { MessagePort.prototype.postMessage = post; }, 400);
      })()`);
      await page.frameLocator('iframe').getByText('Hello Person').waitFor();
      await expect.poll(() => page.url()).toMatch(/\/mailbox\/[\w-]+\?q=person$/);
    });

    it('fits a phone', async () => {
      await page.setViewportSize({ width: 360, height: 740 });
      for (const path of ['/', '/campaigns', '/mailbox']) {
        await follow(page, server.url + path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      }
      await page.getByRole('button', { name: 'Menu' }).click();
      await page.getByRole('dialog').getByRole('link', { name: 'Campaigns' }).click();
      await page.getByRole('heading', { name: 'Campaigns' }).waitFor();
    });
  },
);

/** To the built-in mailbox: people, one who bounces, and two who are not written to. */
async function sendCampaign({ url, apiKey }: TestServer): Promise<void> {
  const people = Array.from({ length: PEOPLE }, (_, i) => ({
    email: `person${i}@example.com`,
    firstName: `Person ${i}`,
  }));
  const audience = [...people, { email: 'bounce@example.com' }, { email: 'person1@example.com' }, { email: 'nobody' }];
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const content = {
    subject: 'Hello {{firstName}}',
    htmlContent: '<p>Hello {{firstName}}</p>',
    from: 'News <news@a.test>',
  };
  const response = await fetch(`${url}/api/campaigns/send`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ name: 'News', ...content, audience }),
  });
  expect(response.status).toBe(202);
}
