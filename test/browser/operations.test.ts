import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { evaluateAlerts } from '../../src/core/alert-evaluation.ts';
import { expectAccessible, expectFitsPhone, openPage, takePictures } from '../helpers/browser.ts';
import { callApi, runningWorkers } from '../helpers/call-api.ts';
import { people } from '../helpers/campaign.ts';
import { chromiumMissing, findChromium, launchChromium } from '../helpers/chromium.ts';
import { runsHere } from '../helpers/runs-here.ts';
import { startTestServer, type TestServer } from '../helpers/server.ts';
import { type SmtpSink, startSink } from '../helpers/smtp-sink.ts';

const chromium = findChromium();
const PATIENCE = { timeout: 45_000, interval: 200 };
const VIEWER = { email: 'viewer@example.com', password: 'a password to look with' };

describe.runIf(runsHere('operations in a browser', chromiumMissing()))(
  'accounts and operations in a browser',
  {
    timeout: 120_000,
  },
  () => {
    let server: TestServer;
    let sink: SmtpSink;
    let browser: Browser;
    let page: Page;
    const complaints: string[] = [];

    beforeAll(async () => {
      sink = await startSink({
        auth: { mechanisms: ['PLAIN'], username: 'ada', password: 'right' },
        script: ({ stage, line }) =>
          stage === 'rcpt' && line.includes('refused.test') ? '550 5.1.1 no such user here' : undefined,
      });
      server = await startTestServer({ MIN_WORKERS: '1', MAX_WORKERS: '3' }, 'processes');
      browser = await launchChromium(chromium ?? '');
      page = await openPage(browser, complaints);
      await page.goto(`${server.url}/login#token=${server.loginToken}`);
      await heading('Overview');
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      await server?.stop();
      await sink?.close();
    });
    afterEach(() => expect(complaints.splice(0)).toEqual([]));

    const call = <T>(method: string, path: string, body?: unknown) => callApi<T>(server, method, path, body);
    const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor();
    const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
    const open = async (path: string, name: string | RegExp) => {
      await page.goto(server.url + path);
      await heading(name);
    };
    const audit = async (name: string) => {
      await takePictures(page, name);
      await expectAccessible(page);
      await expectFitsPhone(page);
    };

    it('shows three steps before anything was sent, and ticks the first when its test has arrived', async () => {
      await page.getByText('Nothing has been sent yet').waitFor();
      await audit('overview-first');
      await button('Send a test message').click();
      await page.getByText('It arrived.').waitFor();
      await page.getByText('Or with the API').click();
      await page.getByLabel('Command that makes a key').waitFor();
      await page.getByRole('link', { name: 'Open the mailbox' }).click();
      await page.getByText('A test message from').first().waitFor();
    });

    it('adds an account by keyboard alone, and shows a wrong password in the words of the server', async () => {
      await open('/accounts', 'Sending accounts');
      await audit('accounts-first');
      await button('Add an account').focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: /^Gmail/ }).waitFor();
      await audit('accounts-providers');
      await dialog.getByRole('button', { name: /^Another server/ }).focus();
      await page.keyboard.press('Enter');
      const field = (label: string) => dialog.getByLabel(new RegExp(`^${label}( \\*)?$`));
      await field('Name').waitFor();
      const type = async (label: string, text: string) => {
        await field(label).focus();
        await page.keyboard.press('ControlOrMeta+a');
        await page.keyboard.type(text);
      };
      await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('INPUT');
      await page.keyboard.type('Main relay');
      await page.keyboard.press('Tab');
      await page.keyboard.type('localhost');
      await page.keyboard.press('Tab');
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type(String(sink.port));
      await dialog.getByLabel('Encryption').selectOption('none');
      await type('User name', 'ada');
      await type('Password', 'wrong');
      await type('From', 'News <news@sender.test>');
      await type('Per hour', '5000');
      await type('Per day', '20000');
      await dialog.getByRole('button', { name: 'Check the connection' }).focus();
      await page.keyboard.press('Enter');
      const report = dialog.getByRole('region', { name: 'What the server said' });
      await report.getByText(/535 5\.7\.8/).waitFor();
      await report.getByText('It cannot send like this.').waitFor();
      await report.scrollIntoViewIfNeeded();
      await audit('accounts-form');
      await type('Password', 'right');
      await dialog.getByRole('button', { name: 'Check the connection' }).focus();
      await page.keyboard.press('Enter');
      await report.getByText('Ready to send. Nothing was sent.').waitFor();
      await field('Name').focus();
      await page.keyboard.press('Enter');
      await dialog.waitFor({ state: 'hidden' });
      await page.getByRole('link', { name: 'Main relay' }).waitFor();
      expect(sink.accepted).toEqual([]);
    });

    it('keeps the password to itself, pauses, resumes and sends a test', async () => {
      await page.getByRole('link', { name: 'Main relay' }).click();
      await heading('Main relay');
      await button('Edit').click();
      const dialog = page.getByRole('dialog');
      expect(await dialog.getByLabel('Password', { exact: true }).inputValue()).toBe('');
      await dialog.getByLabel('Per day').fill('10000');
      await dialog.getByRole('button', { name: 'Save the account' }).click();
      await page.getByText('0 of 10,000').waitFor();
      await dialog.waitFor({ state: 'hidden' });
      await button('Check the connection').click();
      await page.getByText('Ready to send. Nothing was sent.').waitFor();
      await audit('account');
      await button('Pause').click();
      await page.getByText('Nothing is sent through it.').waitFor();
      await button('Resume').click();
      await page.getByText('Its server takes what it is given.').waitFor();
      await button('Send a test').click();
      await dialog.getByLabel('To').fill('me@example.com');
      await page.keyboard.press('Enter');
      await dialog.getByText('The server took it').waitFor();
      expect(sink.accepted).toHaveLength(1);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      await expect
        .poll(() => page.evaluate('document.activeElement.textContent'), { timeout: 5000 })
        .toBe('Send a test'); // where the keyboard was
    });

    it('scales workers up and down by keyboard, with processes behind it', async () => {
      await expect.poll(async () => (await runningWorkers(server)).length, PATIENCE).toBe(1);
      await open('/dashboard/workers', 'Workers');
      await button('One worker more').focus();
      await page.keyboard.press('Enter');
      await page.getByText(/\d of 2 run/).waitFor();
      await page.getByText('2 of 2 run').waitFor({ timeout: 45_000 });
      expect(await runningWorkers(server)).toHaveLength(2);
      await audit('workers');
      await button('One worker fewer').focus();
      await page.keyboard.press('Enter');
      await page.getByText('1 of 1 run').waitFor({ timeout: 45_000 });
      await expect.poll(async () => (await runningWorkers(server)).length, PATIENCE).toBe(1);
      await page.getByRole('cell', { name: 'stopped' }).waitFor();
    });

    it('keeps a worker that was killed, greyed, with its last words', async () => {
      const [victim] = await runningWorkers(server);
      if (!victim) throw new Error('no worker runs');
      process.kill(victim.pid, 'SIGKILL');
      await page.getByRole('cell', { name: 'dead' }).waitFor({ timeout: 60_000 });
      await page.getByText(/^Last words:/).waitFor();
      await page.getByText('1 of 1 run').waitFor({ timeout: 45_000 });
      await button('More actions').click();
      await page.getByRole('menuitem', { name: 'Autoscaling' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('At most').fill('2');
      await audit('workers-autoscaling');
      await dialog.getByRole('button', { name: /^Save/ }).click();
      await dialog.waitFor({ state: 'hidden' });
      await page.getByText('by autoscaling').waitFor();
      await takePictures(page, 'workers-dead');
    });

    it('lists the job that failed, shows what it carries, and retries it', async () => {
      await server.postrider.core.queues.enqueue('campaigns', { campaignId: 'none' });
      await open('/dashboard/queues?queue=campaigns&state=failed', 'Queues');
      await page.getByRole('link', { name: /^Failed 1/ }).waitFor({ timeout: 45_000 });
      const row = page.getByRole('table', { name: 'Jobs of campaigns' }).getByRole('row').nth(1);
      await row.getByRole('button').first().click();
      const panel = page.getByRole('dialog');
      await panel.getByText('"campaignId": "none"').waitFor();
      await panel.getByText(/uuid/).waitFor();
      await audit('queue-job');
      await page.keyboard.press('Escape');
      await panel.waitFor({ state: 'hidden' });
      await audit('queues');
      await row.getByRole('button', { name: /^Actions for job/ }).click();
      await page.getByRole('menuitem', { name: 'Retry' }).click();
      await page.getByText('1 job is tried again.').waitFor();
      await expect
        .poll(
          async () =>
            (await call<{ jobs: unknown[] }>('GET', '/api/queue/admin?action=jobs&queue=campaigns&state=failed')).jobs
              .length,
          PATIENCE,
        )
        .toBe(1); // it has failed again by then
    });

    it('asks before jobs are removed, and says how many', async () => {
      await button('Actions for the queue email-retry').click();
      await page.getByRole('menuitem', { name: 'Pause the queue' }).click();
      await page.getByText('Nobody takes jobs of email-retry until it is resumed.').waitFor();
      await server.postrider.core.queues.enqueue('email-retry', {}, 3);
      await page.reload();
      await page.getByRole('row', { name: /^email-retry paused 3 / }).waitFor();
      await button('Actions for the queue email-retry').click();
      await page.getByRole('menuitem', { name: 'Remove waiting jobs' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('3 waiting or delayed jobs are removed.').waitFor();
      await audit('queues-ask');
      await dialog.getByRole('button', { name: 'Remove 3 jobs' }).click();
      await page.getByText('3 jobs were removed.').waitFor();
      await button('Actions for the queue email-retry').click();
      await page.getByRole('menuitem', { name: 'Resume the queue' }).click();
      await page.getByRole('row', { name: /^email-retry running 0 / }).waitFor();
    });

    it('shows what was sent, how fast and through what, and which domain refused', async () => {
      const audience = [...people(300), ...Array.from({ length: 20 }, (_, i) => ({ email: `no${i}@refused.test` }))];
      const { items } = await call<{ items: Array<{ id: string; name: string }> }>('GET', '/api/accounts');
      const relay = items.find(({ name }) => name === 'Main relay')?.id ?? '';
      await call('POST', `/api/accounts/${relay}/pause`);
      const letter = { name: 'Spring news', subject: 'Hello', textContent: 'Hello {{firstName}}', audience };
      const { campaignId } = await call<{ campaignId: string }>('POST', '/api/campaigns/send', {
        ...letter,
        accountIds: [relay],
      });
      // It waits for its account: what is under way stands still for a look.
      await open('/', 'Overview');
      await page.getByRole('img', { name: 'Spring news: 320 pending (100 %) of 320 recipients' }).waitFor();
      await audit('overview-live');
      await open('/dashboard/performance', 'Performance');
      await page.getByRole('img', { name: 'Spring news: 320 pending (100 %) of 320 recipients' }).waitFor();
      await call('POST', `/api/accounts/${relay}/resume`);
      await expect
        .poll(
          async () => (await call<{ state: string }>('GET', `/api/campaigns/status/campaign-${campaignId}`)).state,
          {
            ...PATIENCE,
            timeout: 90_000,
          },
        )
        .toBe('completed');
      await open('/dashboard/performance?range=hour', 'Performance');
      const accounts = page.getByRole('table', { name: 'Success rate by account' });
      await accounts.getByRole('row', { name: /^Main relay 300 20 .* 93\.7 %/ }).waitFor();
      await page.getByRole('figure', { name: 'Throughput by minute' }).waitFor();
      await page.getByRole('meter', { name: 'last hour' }).first().waitFor();
      await audit('performance');
      await page.getByRole('link', { name: '24 h' }).click();
      await page.getByRole('figure', { name: 'Throughput by hour' }).waitFor();
      expect(new URL(page.url()).search).toBe('');
      await open('/', 'Overview');
      await page.getByRole('row', { name: /^refused\.test 20 0 0 550 5\.1\.1/ }).waitFor();
      await audit('overview');
    });

    it('shows an alert that is raised while the page is open, and who looks after it', async () => {
      await open('/alerts', 'Alerts');
      await page.getByRole('table', { name: 'Alerts' }).or(page.getByText('No alerts')).first().waitFor();
      const { core } = server.postrider;
      await core.db.pool.query(
        "update sending_accounts set state = 'disabled', state_reason = '535 5.7.8 the password has expired' where name = 'Main relay'",
      );
      await evaluateAlerts(core);
      const row = page.getByRole('row', { name: /Disabled account/ });
      await row.waitFor();
      await page.getByRole('link', { name: /^\d alerts?$/ }).waitFor();
      await audit('alerts');
      await row.getByRole('button', { name: 'Disabled account' }).click();
      const panel = page.getByRole('dialog');
      await panel.getByText('the password has expired', { exact: false }).waitFor();
      await panel.getByText('Nobody: there is no webhook').waitFor();
      await audit('alert');
      await page.keyboard.press('Escape');
      await panel.waitFor({ state: 'hidden' });
      await row.getByRole('button', { name: 'Acknowledge' }).click();
      await row.waitFor({ state: 'hidden' });
      await page.getByRole('link', { name: /^Acknowledged \d/ }).click();
      await row.getByRole('cell', { name: 'acknowledged', exact: true }).waitFor();
    });

    it('sets thresholds and channels of alerts', async () => {
      await button('Thresholds and channels').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Backlog: Raise at').fill('900');
      await dialog.getByLabel('Webhook').fill('https://hooks.example.com/postrider');
      await dialog.getByRole('button', { name: 'Make one' }).click();
      await dialog.getByLabel('Email to').fill('ops@example.com');
      await audit('alerts-settings');
      await dialog.getByRole('button', { name: 'Save thresholds and channels' }).click();
      await dialog.waitFor({ state: 'hidden' });
      const { alerts } = await call<{ alerts: object }>('GET', '/api/settings');
      expect(alerts).toMatchObject({
        rules: { 'queue-backlog': { raiseAt: 900 } },
        webhook: { url: 'https://hooks.example.com/postrider' },
        email: { to: ['ops@example.com'] },
      });
    });

    it('shows all of it in German', async () => {
      const german = await openPage(browser, complaints, {
        locale: 'de-DE',
        storageState: await page.context().storageState(),
      });
      for (const [path, name] of [
        ['/', 'Übersicht'],
        ['/accounts', 'Sendekonten'],
        ['/dashboard/workers', 'Worker'],
        ['/dashboard/queues', 'Warteschlangen'],
        ['/dashboard/performance', 'Leistung'],
        ['/alerts', 'Warnungen'],
      ] as const) {
        await german.goto(server.url + path);
        await german.getByRole('heading', { level: 1, name }).waitFor();
      }
      await german.context().close();
    });

    it('offers a viewer nothing that changes anything', async () => {
      await call('POST', '/api/users', { ...VIEWER, role: 'viewer' });
      const here: string[] = [];
      const viewer = await openPage(browser, here);
      await viewer.goto(`${server.url}/login`);
      await viewer.getByLabel('Email').fill(VIEWER.email);
      await viewer.getByLabel('Password', { exact: true }).fill(VIEWER.password);
      await viewer.keyboard.press('Enter');
      await viewer.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
      const relay = (
        await call<{ items: Array<{ id: string; isSandbox: boolean }> }>('GET', '/api/accounts')
      ).items.find(({ isSandbox }) => !isSandbox);
      for (const path of [
        '/',
        '/accounts',
        `/accounts/${relay?.id}`,
        '/dashboard/workers',
        '/dashboard/queues',
        '/dashboard/performance',
        '/alerts?show=all',
      ]) {
        await viewer.goto(server.url + path);
        await viewer.getByRole('heading', { level: 1 }).waitFor();
        await viewer.waitForLoadState('networkidle').catch(() => {}); // the stream stays open
        const buttons = await viewer.locator('main button').allTextContents();
        expect(
          buttons.filter((text) => !/^(Disabled account|Lost worker)$/.test(text)),
          path,
        ).toEqual([]);
      }
      // That nobody is logged in yet is told by a 401.
      expect(here.filter((complaint) => !/401/.test(complaint))).toEqual([]);
      await viewer.context().close();
    });
  },
);
