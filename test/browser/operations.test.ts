import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { evaluateAlerts } from '../../src/core/alert-evaluation.ts';
import { audit, follow, openPage, takePictures } from '../helpers/browser.ts';
import { callApi, runningWorkers } from '../helpers/call-api.ts';
import { people } from '../helpers/campaign.ts';
import { chromiumMissing, findChromium, launchChromium } from '../helpers/chromium.ts';
import { choose, press, write } from '../helpers/keyboard.ts';
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
      await follow(page, server.url + path);
      await heading(name);
    };

    it('shows three steps before anything was sent, and ticks the first when its test has arrived', async () => {
      await page.getByText('Nothing has been sent yet').waitFor();
      await audit(page, 'overview-first');
      await press(button('Send a test message'));
      await page.getByText('It arrived.').waitFor();
      await press(page.getByText('Or with the API'));
      await page.getByLabel('Command that makes a key').waitFor();
      await press(page.getByRole('link', { name: 'Open the mailbox' }));
      await page.getByText('A test message from').first().waitFor();
    });

    it('adds an account by keyboard alone, and shows a wrong password in the words of the server', async () => {
      await open('/accounts', 'Sending accounts');
      await audit(page, 'accounts-first');
      await button('Add an account').focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: /^Gmail/ }).waitFor();
      await audit(page, 'accounts-providers');
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
      await choose(dialog.getByLabel('Encryption'), 'none');
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
      await audit(page, 'accounts-form');
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
      await press(page.getByRole('link', { name: 'Main relay' }));
      await heading('Main relay');
      await press(button('Edit'));
      const dialog = page.getByRole('dialog');
      expect(await dialog.getByLabel('Password', { exact: true }).inputValue()).toBe('');
      await write(dialog.getByLabel('Per day'), '10000');
      await press(dialog.getByRole('button', { name: 'Save the account' }));
      await page.getByText('0 of 10,000').waitFor();
      await dialog.waitFor({ state: 'hidden' });
      await press(button('Check the connection'));
      await page.getByText('Ready to send. Nothing was sent.').waitFor();
      await audit(page, 'account');
      await press(button('Pause'));
      await page.getByText('Nothing is sent through it.').waitFor();
      await press(button('Resume'));
      await page.getByText('Its server takes what it is given.').waitFor();
      await press(button('Send a test'));
      await write(dialog.getByLabel('To'), 'me@example.com');
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
      await audit(page, 'workers');
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
      await press(button('More actions'));
      await press(page.getByRole('menuitem', { name: 'Autoscaling' }));
      const dialog = page.getByRole('dialog');
      await write(dialog.getByLabel('At most'), '2');
      await audit(page, 'workers-autoscaling');
      await press(dialog.getByRole('button', { name: /^Save/ }));
      await dialog.waitFor({ state: 'hidden' });
      await page.getByText('by autoscaling').waitFor();
      await takePictures(page, 'workers-dead');
    });

    it('lists the job that failed, shows what it carries, and retries it', async () => {
      await server.postrider.core.queues.enqueue('campaigns', { campaignId: 'none' });
      await open('/dashboard/queues?queue=campaigns&state=failed', 'Queues');
      await page.getByRole('link', { name: /^Failed 1/ }).waitFor({ timeout: 45_000 });
      const row = page.getByRole('table', { name: 'Jobs of campaigns' }).getByRole('row').nth(1);
      await press(row.getByRole('button').first());
      const panel = page.getByRole('dialog');
      await panel.getByText('"campaignId": "none"').waitFor();
      await panel.getByText(/uuid/).waitFor();
      await audit(page, 'queue-job');
      await page.keyboard.press('Escape');
      await panel.waitFor({ state: 'hidden' });
      await audit(page, 'queues');
      await press(row.getByRole('button', { name: /^Actions for job/ }));
      await press(page.getByRole('menuitem', { name: 'Retry' }));
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
      await press(button('Actions for the queue email-retry'));
      await press(page.getByRole('menuitem', { name: 'Pause the queue' }));
      await page.getByText('Nobody takes jobs of email-retry until it is resumed.').waitFor();
      await server.postrider.core.queues.enqueue('email-retry', {}, 3);
      await page.reload();
      await page.getByRole('row', { name: /^email-retry paused 3 / }).waitFor();
      await press(button('Actions for the queue email-retry'));
      await press(page.getByRole('menuitem', { name: 'Remove waiting jobs' }));
      const dialog = page.getByRole('dialog');
      await dialog.getByText('3 waiting or delayed jobs are removed.').waitFor();
      await audit(page, 'queues-ask');
      await press(dialog.getByRole('button', { name: 'Remove 3 jobs' }));
      await page.getByText('3 jobs were removed.').waitFor();
      await press(button('Actions for the queue email-retry'));
      await press(page.getByRole('menuitem', { name: 'Resume the queue' }));
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
      await audit(page, 'overview-live');
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
      await audit(page, 'performance');
      await press(page.getByRole('link', { name: '24 h' }));
      await page.getByRole('figure', { name: 'Throughput by hour' }).waitFor();
      expect(new URL(page.url()).search).toBe('');
      await open('/', 'Overview');
      await page.getByRole('row', { name: /^refused\.test 20 0 0 550 5\.1\.1/ }).waitFor();
      await audit(page, 'overview');
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
      await audit(page, 'alerts');
      await press(row.getByRole('button', { name: 'Disabled account' }));
      const panel = page.getByRole('dialog');
      await panel.getByText('the password has expired', { exact: false }).waitFor();
      await panel.getByText('Nobody: there is no webhook').waitFor();
      await audit(page, 'alert');
      await page.keyboard.press('Escape');
      await panel.waitFor({ state: 'hidden' });
      await press(row.getByRole('button', { name: 'Acknowledge' }));
      await row.waitFor({ state: 'hidden' });
      await press(page.getByRole('link', { name: /^Acknowledged \d/ }));
      await row.getByRole('cell', { name: 'acknowledged', exact: true }).waitFor();
    });

    it('sets thresholds and channels of alerts', async () => {
      await press(button('Thresholds and channels'));
      const dialog = page.getByRole('dialog');
      await write(dialog.getByLabel('Backlog: Raise at'), '900');
      await write(dialog.getByLabel('Webhook', { exact: true }), 'https://hooks.example.com/postrider');
      await press(dialog.getByRole('button', { name: 'Make one' }));
      await write(dialog.getByLabel('Email to'), 'ops@example.com');
      await audit(page, 'alerts-settings');
      await press(dialog.getByRole('button', { name: 'Save thresholds and channels' }));
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
        await follow(german, server.url + path);
        await german.getByRole('heading', { level: 1, name }).waitFor();
      }
      await german.context().close();
    });

    it('offers a viewer nothing that changes anything', async () => {
      await call('POST', '/api/users', { ...VIEWER, role: 'viewer' });
      const here: string[] = [];
      const viewer = await openPage(browser, here);
      await viewer.goto(`${server.url}/login`);
      await write(viewer.getByLabel('Email'), VIEWER.email);
      await write(viewer.getByLabel('Password', { exact: true }), VIEWER.password);
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
        await follow(viewer, server.url + path);
        await viewer.getByRole('heading', { level: 1 }).waitFor();
        await viewer.waitForLoadState('networkidle').catch(() => {}); // the stream stays open
        const buttons = await viewer.locator('main button').allTextContents();
        expect(
          buttons.filter((text) => !/^(Disabled account|Lost worker|Copy)$/.test(text)),
          path,
        ).toEqual([]);
      }
      // That nobody is logged in yet is told by a 401.
      expect(here.filter((complaint) => !/401/.test(complaint))).toEqual([]);
      await viewer.context().close();
    });
  },
);
