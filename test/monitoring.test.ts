import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendCampaign } from '../src/core/campaigns.ts';
import { addReport, listDurations, listEmailTotals, rollUpMetrics, type WorkerReport } from '../src/db/metrics.ts';
import { packageRoot } from '../src/lib/package-root.ts';
import { uuid7 } from '../src/lib/uuid7.ts';
import { LETTER, people, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';
import { SmtpSink } from './helpers/smtp-sink.ts';

const EMPTY = { rssMb: 100, cpuSeconds: 1, eventLoopUtilization: 0.5, emails: [], batches: [], durations: [] };

describe('what workers measure', () => {
  let test: TestCore;
  const workers = new TestWorkers();
  let sink: SmtpSink | null = null;

  beforeEach(async () => {
    test = await openTestCore();
  });
  afterEach(async () => {
    await workers.stop();
    await sink?.close();
    sink = null;
    await test.close();
  });

  const query = async <T extends object>(text: string) => (await test.core.db.pool.query<T>(text)).rows;

  it('adds up to what the ledger says of a campaign, by account, state and class', async () => {
    sink = await new SmtpSink({
      script: ({ stage, line }) =>
        stage === 'rcpt' && line.includes('person7@') ? '550 5.1.1 no such user' : undefined,
    }).listen();
    const account = await test.addAccount(sink.port);
    await workers.start(test);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(300) });
    const { counts } = await untilState(test, campaign.id, 'completed');
    await workers.stop(); // writes what is left
    expect(counts).toMatchObject({ sent: 299, failed: 1 });

    const totals = await listEmailTotals(test.core.db.sql, test.caller.workspaceId);
    expect(totals).toEqual([
      { accountId: account.id, account: account.name, state: 'failed', class: expect.stringMatching(/\w/), emails: 1 },
      { accountId: account.id, account: account.name, state: 'sent', class: '', emails: 299 },
    ]);
    const [minutes] = await query(
      `select sum(sent)::int as sent, sum(failed)::int as failed, sum(batches)::int as batches, max(rss_mb) > 10 as rss,
         sum(cpu_seconds) > 0 as cpu, max(event_loop_utilization) between 0 and 1 as utilization from worker_metrics`,
    );
    expect(minutes).toMatchObject({ sent: 299, failed: 1, rss: true, cpu: true, utilization: true });
    const byAccount = await query(
      'select sum(sent)::int as sent, sum(failed)::int as failed, sum(batches)::int as batches from account_metrics',
    );
    expect(byAccount).toMatchObject([{ sent: 299, failed: 1, batches: (minutes as { batches: number }).batches }]);
    const timed = new Map<string, number>();
    for (const { operation, observations } of await listDurations(test.core.db.sql))
      timed.set(operation, (timed.get(operation) ?? 0) + observations);
    expect(timed.get('message')).toBe(299); // the refused one was never handed over
    for (const operation of ['batch', 'gate', 'record']) expect(timed.get(operation)).toBeGreaterThan(0);
  });

  it('is nothing where monitoring is off, and the campaign is sent all the same', async () => {
    sink = await new SmtpSink({}).listen();
    await test.addAccount(sink.port);
    await workers.start({ ...test, core: { ...test.core, durations: null } });
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(20) });
    await untilState(test, campaign.id, 'completed');
    await workers.stop();
    for (const table of ['worker_metrics', 'account_metrics', 'email_totals', 'duration_totals'])
      expect(await query(`select * from ${table}`)).toEqual([]);
  });

  it('makes hours of minutes after two days, and forgets hours after 90', async () => {
    const account = await test.addAccount(1);
    const workerId = uuid7();
    const report: WorkerReport = {
      ...EMPTY,
      workerId,
      emails: [{ accountId: account.id, state: 'sent', class: '', emails: 40 }],
      batches: [{ accountId: account.id, batches: 2, batchMs: 500 }],
    };
    for (const age of ['50 hours', '50 hours 1 minute', '3 hours', '91 days', '100 days']) {
      await addReport(test.core.db.pool, report);
      for (const table of ['worker_metrics', 'account_metrics'])
        await test.core.db.pool.query(
          `update ${table} set began_at = date_bin('1 hour', now(), 'epoch') + interval '5 minutes' - $1::interval where began_at > now() - interval '2 minutes'`,
          [age],
        );
    }
    await rollUpMetrics(test.core.db.sql);
    await rollUpMetrics(test.core.db.sql);
    for (const table of ['worker_metrics', 'account_metrics'])
      expect(
        await query(
          `select minutes, sum(sent)::int as sent, sum(batches)::int as batches, sum(batch_ms) as ms, count(*)::int as rows from ${table} group by minutes order by minutes`,
        ),
      ).toEqual([
        { minutes: 1, sent: 40, batches: 2, ms: 500, rows: 1 },
        { minutes: 60, sent: 80, batches: 4, ms: 1000, rows: 1 },
      ]);
    expect(
      await query('select rss_mb, cpu_seconds, event_loop_utilization, reports from worker_metrics where minutes = 60'),
    ).toEqual([{ rss_mb: 100, cpu_seconds: 2, event_loop_utilization: 0.5, reports: 2 }]);
  });

  it('answers the queries that reports know for a log of emails', async () => {
    const sent = [
      ['sent', 10],
      ['sent', 30],
      ['failed', null],
      ['unknown', null],
    ] as const;
    await test.addAccount(1);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(1) });
    await test.core.db.pool.query(
      `insert into campaign_sends (id, workspace_id, campaign_id, created_at) values ($1, $2, $1, '2026-01-01T00:00:00Z')
       on conflict (campaign_id) do update set created_at = excluded.created_at`,
      [campaign.id, test.caller.workspaceId],
    );
    const states = ['pending', 'sending', 'sent', 'deferred', 'failed', 'excluded', 'unknown', 'cancelled'];
    for (const [i, [state, seconds]] of sent.entries())
      await test.core.db.pool.query(
        `insert into email_sends (send_id, seq, email, email_key, data, state, sent_at)
         select id, $2, $3, $3, '{}', $4, case when $5::int is null then null else created_at + make_interval(secs => $5) end
         from campaign_sends where campaign_id = $1`,
        [campaign.id, i + 1, `p${i}@example.test`, states.indexOf(state), seconds],
      );
    const file = path.join(packageRoot(), 'test/fixtures/email-logs.sql');
    const [speed, success] = fs.readFileSync(file, 'utf8').split(';');
    expect(await query(speed ?? '')).toEqual([
      { campaign_id: campaign.id, avg_send_time_seconds: '20.0000000000000000' },
    ]);
    expect((await query<{ success_rate: string }>(success ?? '')).map((row) => Number(row.success_rate))).toEqual([50]);
    expect(await query('select distinct status from email_logs order by 1')).toEqual([
      { status: 'failed' },
      { status: 'sent' },
      { status: 'unknown' },
    ]);
  });
});
