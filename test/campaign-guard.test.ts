import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import { evaluateAlerts } from '../src/core/alert-evaluation.ts';
import { resumeCampaign } from '../src/core/campaign-control.ts';
import { guardCampaigns } from '../src/core/campaign-guard.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { changeSettings } from '../src/core/settings.ts';
import { findCampaignPace } from '../src/db/campaign-guard.ts';
import { findCampaign } from '../src/db/campaigns.ts';
import { LETTER, people, statusOf, TestWorkers } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';

describe('a campaign that readers complain about, or whose addresses do not exist', () => {
  let test: TestCore;
  let sink: CountingSink;
  const workers = new TestWorkers();

  beforeEach(async () => {
    test = await openTestCore();
    sink = new CountingSink();
    // So that it is still under way when it is looked at; the workers' own looks come later than this test's.
    await test.addAccount(await sink.listen(), { limitPerHour: 600 });
    await workers.start(test);
  });
  afterEach(async () => {
    await workers.stop();
    await test.close();
    await sink.close();
  });

  const untilHandled = async (id: string) =>
    expect
      .poll(
        async () => {
          const { sent, failed } = (await statusOf(test, id)).counts;
          return sent + failed;
        },
        { timeout: 20_000 },
      )
      .toBe(600);
  const complain = (id: string, count: number) =>
    test.database.pool.query(
      `insert into email_events (workspace_id, send_id, seq, type)
       select $1, e.send_id, e.seq, 'complained' from email_sends e join campaign_sends s on s.id = e.send_id
       where s.campaign_id = $2 and e.state = 2
         and not exists (select from email_events v where v.send_id = e.send_id and v.seq = e.seq) limit $3`,
      [test.caller.workspaceId, id, count],
    );
  const campaignNow = (id: string) => findCampaign(test.core.db.sql, test.caller.workspaceId, id);
  const alerts = async () => {
    await evaluateAlerts(test.core);
    const { rows } = await test.database.pool.query(
      `select kind, subject, message from alerts where kind = 'campaign-guarded' and state <> 'cleared'`,
    );
    return rows;
  };

  it('is slowed down, then stopped with words, an alert and a line of the audit log; a person alone resumes it', async () => {
    const { id } = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(700) });
    await untilHandled(id);
    const metered = 'select coalesce(sum(sent), 0)::int as sent from send_throughput';
    await expect
      .poll(async () => (await test.database.pool.query(metered)).rows[0].sent, { timeout: 10_000 })
      .toBe(600);
    await complain(id, 2);
    expect(await guardCampaigns(test.core)).toBe(0);
    await changeSettings(test.core, test.caller, { guard: { stopAtComplaints: 0.5 } });
    await complain(id, 1);
    expect(await guardCampaigns(test.core)).toBe(1);
    expect(await guardCampaigns(test.core)).toBe(0);
    expect((await campaignNow(id))?.state).toBe('active');
    // 600 in ten minutes are 3,600 an hour: a tenth of it.
    expect(await findCampaignPace(test.core.db.sql, id)).toEqual({ rateLimitPerHour: null, slowedToPerHour: 360 });
    expect(await alerts()).toMatchObject([
      { subject: id, message: expect.stringMatching(/slowed down\. 3 of 600 recipients/) },
    ]);

    await changeSettings(test.core, test.caller, { guard: null });
    expect(await guardCampaigns(test.core)).toBe(1);
    expect(await campaignNow(id)).toMatchObject({
      state: 'paused',
      stateReason: expect.stringMatching(/^stopped by itself: 3 of 600 recipients took it for spam \(0\.5 %\)/),
    });
    expect((await statusOf(test, id)).waitingFor).toMatch(/stopped by itself/);
    expect(await alerts()).toMatchObject([{ message: expect.stringMatching(/was stopped/) }]);
    const { rows: audit } = await test.database.pool.query(
      `select action, actor_kind from audit_log where object_id = $1 order by id`,
      [id],
    );
    expect(audit).toEqual([
      { action: 'campaign.slowed-down', actor_kind: 'system' },
      { action: 'campaign.stopped', actor_kind: 'system' },
    ]);

    await resumeCampaign(test.core, test.caller, id);
    expect(await guardCampaigns(test.core)).toBe(0);
    expect(await campaignNow(id)).toMatchObject({ state: 'active', stateReason: null, guard: { level: 'resumed' } });
    expect(await alerts()).toEqual([]);
  });

  it('is stopped for refused and returned addresses together', async () => {
    sink.refuse = (recipient) => (/^person\d@/.test(recipient) ? '550 5.1.1 no such user' : null);
    const { id } = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(700) });
    await untilHandled(id);
    expect(await guardCampaigns(test.core)).toBe(0);
    await test.database.pool.query(
      `insert into email_events (workspace_id, send_id, seq, type, data)
       select $1, e.send_id, e.seq, 'bounced', jsonb_build_object('hard', e.seq % 2 = 0) from email_sends e
       join campaign_sends s on s.id = e.send_id where s.campaign_id = $2 and e.state = 2 order by e.seq limit 42`,
      [test.caller.workspaceId, id],
    );
    expect(await guardCampaigns(test.core)).toBe(1);
    expect(await campaignNow(id)).toMatchObject({
      state: 'paused',
      stateReason: expect.stringMatching(/3[01] have no mailbox \(5(\.\d)? %/),
    });
  });
});
