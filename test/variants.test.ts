import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decideTests } from '../src/core/variant-tests.ts';
import { sweep } from '../src/workers/sweep.ts';
import { openTestApp, type TestApp } from './helpers/app.ts';
import { people, statusOf, TestWorkers, untilState } from './helpers/campaign.ts';
import { type SmtpSink, startSink } from './helpers/smtp-sink.ts';

const HTML = '<p>Hello {{firstName}} <a href="https://shop.test/">shop</a> <a href="{{webVersionUrl}}">here</a></p>';
const TEST = { samplePercent: 20, winner: 'clicks', decideAfterMinutes: 60, minimumSent: 10 } as const;
const TWO = [{ subject: 'First' }, { subject: 'Second', fromName: 'Ada of B', htmlContent: `<h1>B</h1>${HTML}` }];

describe('campaigns in variants', () => {
  let test: TestApp;
  let sink: SmtpSink;
  const workers = new TestWorkers();

  beforeAll(async () => {
    test = await openTestApp();
    sink = await startSink();
    await test.addAccount(sink.port);
  });
  beforeEach(() => workers.start(test));
  afterEach(() => workers.stop());
  afterAll(async () => {
    await test.close();
    await sink.close();
  });

  const query = async (text: string, values: unknown[] = []) => (await test.database.pool.query(text, values)).rows;
  const send = async (body: object, count = 200): Promise<string> => {
    const request = {
      htmlContent: HTML,
      audience: people(count),
      tracking: { opens: true, clicks: true },
      variants: TWO,
      abTest: TEST,
      ...body,
    };
    const { status, body: reply } = await test.call('POST', '/api/campaigns/send', request);
    expect([status, reply.detail]).toEqual([202, undefined]);
    return reply.campaignId;
  };
  const untilSampleOut = (id: string) =>
    expect
      .poll(
        async () => (await query('select sample_out_at as at from campaign_sends where campaign_id = $1', [id]))[0]?.at,
        {
          timeout: 20_000,
        },
      )
      .toBeInstanceOf(Date);
  const rowsOf = (id: string) =>
    query(
      `select e.seq, e.email, e.state, e.send_id, b.variant, b.after_winner as rest from campaign_sends s
       join email_sends e on e.send_id = s.id join campaign_send_batches b on b.send_id = s.id and e.seq between b.first_seq and b.last_seq
       where s.campaign_id = $1 order by e.seq`,
      [id],
    );
  /** So many people of a variant of the sample click, long after they got it. */
  const click = (id: string, variant: number, count: number, machine = false) =>
    query(
      `insert into email_events (workspace_id, send_id, seq, type, machine)
       select s.workspace_id, s.id, e.seq, 'clicked', $4 from campaign_sends s
       join campaign_send_batches b on b.send_id = s.id and b.variant = $2 and not b.after_winner
       join email_sends e on e.send_id = s.id and e.seq between b.first_seq and b.last_seq
       where s.campaign_id = $1 order by e.seq limit $3`,
      [id, variant, count, machine],
    );
  const letTimePass = (id: string) =>
    query(`update campaign_sends set sample_out_at = sample_out_at - interval '2 hours' where campaign_id = $1`, [id]);
  const reportOf = async (id: string) => (await test.call('GET', `/api/campaigns/${id}/report`)).body.variants;
  const copiesOf = (id: string, from: number) =>
    sink.accepted.slice(from).map(({ to, content }) => {
      const text = content.toString();
      return { to: String(to), subject: /^Subject: (.*)\r$/m.exec(text)?.[1], isB: text.includes('<h1>B</h1>'), id };
    });

  it('tries two variants on a sample, and sends the rest what was clicked more by people', async () => {
    const before = sink.accepted.length;
    const id = await send({});
    await untilSampleOut(id);
    const sampled = copiesOf(id, before);
    expect(sampled.map(({ subject }) => subject).sort()).toEqual([
      ...Array(20).fill('First'),
      ...Array(20).fill('Second'),
    ]);
    const status = await statusOf(test, id);
    expect(status).toMatchObject({ state: 'active', counts: { sent: 40, pending: 160 } });
    expect(status.waitingFor).toMatch(/^the winner of its test, decided by clicks at \d{4}-/);
    expect(status.etaSeconds).toBeGreaterThan(3000);
    await click(id, 1, 8);
    await click(id, 0, 2);
    await click(id, 0, 15, true);
    expect(await reportOf(id)).toMatchObject({
      test: { winner: null, leader: 'B', waiting: 160, isSignificant: true },
      variants: [
        { name: 'A', subject: 'First', sample: { counts: { sent: 20 }, clicks: { people: 2, rate: 0.1 } }, rest: null },
        { name: 'B', subject: 'Second', sample: { counts: { sent: 20 }, clicks: { people: 8, rate: 0.4 } } },
      ],
    });
    await letTimePass(id);
    expect((await untilState(test, id, 'completed')).counts).toMatchObject({ sent: 200, pending: 0 });
    const copies = copiesOf(id, before);
    expect(new Set(copies.map(({ to }) => to)).size).toBe(200);
    expect(copies).toHaveLength(200);
    expect(copies.filter(({ subject, isB }) => subject === 'Second' && isB)).toHaveLength(180);
    const report = await reportOf(id);
    expect(report.test).toMatchObject({ winner: 'B', winnerBy: 'clicks', waiting: 0 });
    expect(report.test.words).toMatch(
      /^"A" was clicked by 2 of 20, "B" was clicked by 8 of 20\. Chance alone would seldom/,
    );
    expect(report.variants[1].rest.counts.sent).toBe(160);

    // The ledger knows it of every row, and readers see their own again.
    const ledger = async (query: string) => (await test.call('GET', `/api/campaigns/${id}/recipients?${query}`)).body;
    const [a] = (await ledger('variant=a&limit=1000')).items;
    expect((await ledger('variant=A&limit=1000')).items).toHaveLength(20);
    expect((await ledger('variant=B&state=sent&from=170')).items).toHaveLength(10);
    expect((await ledger(`email=${a.email}&variant=B`)).items).toEqual([]);
    const csv = (await test.call('GET', `/api/campaigns/${id}/recipients?format=csv&variant=B`)).text
      .trim()
      .split('\r\n');
    expect([csv.length, csv[0]?.split(',').at(-1), csv[1]?.split(',').at(-1)]).toEqual([181, 'variant', 'B']);
    const copy = sink.accepted.slice(before).find(({ content }) => content.toString().includes('<h1>B</h1>'));
    const view = /http:\/\/localhost:3000(\/v\/[\w-]+)/.exec(decoded(copy?.content.toString() ?? ''))?.[1] ?? '';
    expect(copy?.content.toString()).toMatch(/^From: Ada of B <news@sender\.test>\r$/m);
    expect((await test.inject({ method: 'GET', url: view })).body).toContain('<h1>B</h1>');
  });

  it('is decided once, by many at once and with a kill in the middle, and nobody is forgotten', async () => {
    const before = sink.accepted.length;
    const id = await send({}, 3000);
    await untilSampleOut(id);
    await workers.stop();
    await click(id, 0, 50);
    await letTimePass(id);
    // A node that is killed between the two statements of the decision: its transaction ends with it.
    const killed = await test.database.pool.connect();
    await killed.query('begin');
    await killed.query('update campaign_sends set winner = 1, winner_at = now() where campaign_id = $1', [id]);
    const others = [decideTests(test.core), decideTests(test.core), sweep(test.core, 5)];
    const byHand = test.call('POST', `/api/campaigns/${id}/winner`, { variant: 'A' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await query('select pg_terminate_backend($1)', [(killed as unknown as { processID: number }).processID]);
    killed.release(true);
    await Promise.all(others);
    expect((await byHand).status).toBe(202);
    const [{ winner }] = await query('select winner from campaign_sends where campaign_id = $1', [id]);
    expect(winner).toBe(0);
    const again = await test.call('POST', `/api/campaigns/${id}/winner`, { variant: 'a' });
    expect([again.status, again.body.winner]).toEqual([202, 'A']);
    const other = await test.call('POST', `/api/campaigns/${id}/winner`, { variant: 'B' });
    expect([other.status, other.body.code]).toEqual([409, 'CAMPAIGN_STATE']);
    await workers.start(test, 2);
    expect((await untilState(test, id, 'completed')).counts.sent).toBe(3000);
    const copies = copiesOf(id, before);
    expect([copies.length, new Set(copies.map(({ to }) => to)).size]).toEqual([3000, 3000]);
    expect(copies.filter(({ subject }) => subject === 'Second')).toHaveLength(300);
  });

  it('waits through a pause, lets a person decide, and cancels who waits', async () => {
    const id = await send({ abTest: { samplePercent: 20, winner: 'manual' } });
    await untilSampleOut(id);
    expect((await statusOf(test, id)).waitingFor).toBe('somebody to choose the winner of its test');
    expect((await test.call('POST', `/api/campaigns/${id}/pause`)).status).toBe(202);
    // A chunk of the audience that is committed while the decision waits for it belongs to the rest, too.
    const chunk = await test.database.pool.connect();
    await chunk.query('begin');
    await chunk.query('select 1 from campaign_sends where campaign_id = $1 for update', [id]);
    await chunk.query(
      `insert into campaign_send_batches (send_id, batch_no, first_seq, last_seq, state, after_winner, pending)
       select id, 100, 901, 900, 'waiting', true, 0 from campaign_sends where campaign_id = $1`,
      [id],
    );
    const choice = test.call('POST', `/api/campaigns/${id}/winner`, { variant: 'B' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await chunk.query('commit');
    chunk.release();
    expect((await choice).status).toBe(202);
    await sweep(test.core, 5);
    expect(await statusOf(test, id)).toMatchObject({ state: 'paused', counts: { sent: 40, pending: 160 } });
    await test.call('POST', `/api/campaigns/${id}/resume`);
    expect((await untilState(test, id, 'completed')).counts.sent).toBe(200);

    const cancelled = await send({ abTest: { samplePercent: 20, winner: 'manual' } });
    await untilSampleOut(cancelled);
    // Somebody who waits unsubscribes: counting their batch again must not let it go.
    const [waiting] = (await rowsOf(cancelled)).filter(({ rest }) => rest);
    await test.call('POST', '/api/suppressions', { email: waiting.email });
    await expect.poll(async () => (await statusOf(test, cancelled)).counts.excluded).toBe(1);
    expect((await statusOf(test, cancelled)).counts).toMatchObject({ sent: 40, pending: 159 });
    await test.call('POST', `/api/campaigns/${cancelled}/cancel`);
    expect((await untilState(test, cancelled, 'cancelled')).counts).toMatchObject({
      sent: 40,
      cancelled: 159,
      excluded: 1,
    });
    const late = await test.call('POST', `/api/campaigns/${cancelled}/winner`, { variant: 'B' });
    expect([late.status, late.body.code]).toEqual([409, 'CAMPAIGN_STATE']);
    await query('delete from suppressions');
  });

  it('keeps variants and time zones apart, and sends who missed their hour at that hour of the next day', async () => {
    const zones = ['Pacific/Kiritimati', 'Europe/Berlin', 'America/Los_Angeles'];
    const audience = people(60).map((person, i) => ({ ...person, timeZone: zones[i % 3] }));
    // Nine o'clock was an hour and a half ago in Berlin, long ago in Kiritimati, and is to come in Los Angeles.
    const berlin = new Date(Date.now() - 90 * 60_000);
    const wall = new Intl.DateTimeFormat('sv', {
      timeZone: 'Europe/Berlin',
      dateStyle: 'short',
      timeStyle: 'medium',
    }).format(berlin);
    const id = await send({
      audience,
      scheduledAt: wall.replace(' ', 'T'),
      timezone: 'recipient',
      abTest: { samplePercent: 50 },
    });
    await expect.poll(async () => (await rowsOf(id)).length, { timeout: 20_000 }).toBe(60);
    const batches = () =>
      query(
        `select b.time_zone as zone, b.variant, b.after_winner as rest, b.state, b.not_before as at, b.last_seq - b.first_seq + 1 as rows
         from campaign_sends s join campaign_send_batches b on b.send_id = s.id where s.campaign_id = $1 order by 1, 2, 3`,
        [id],
      );
    await expect.poll(async () => (await statusOf(test, id)).counts.sent, { timeout: 20_000 }).toBeGreaterThan(10);
    const parts = await batches();
    expect(parts.filter(({ rest }) => rest).map(({ variant, state }) => [variant, state])).toEqual(
      zones.map(() => [null, 'waiting']),
    );
    expect(parts.reduce((sum, { rows }) => sum + rows, 0)).toBe(60);
    expect(
      (await query('select sample_out_at as at from campaign_sends where campaign_id = $1', [id]))[0].at,
    ).toBeNull();
    await test.call('POST', `/api/campaigns/${id}/winner`, { variant: 'B' });
    const decided = (await batches()).filter(({ rest }) => rest);
    const hoursAway = decided.map(({ zone, at }) => [zone, Math.round((at.getTime() - Date.now()) / 3_600_000)]);
    for (const [, hours] of hoursAway) expect(hours).toBeGreaterThanOrEqual(-1);
    expect(decided.every(({ variant, state }) => variant === 1 && state === 'waiting')).toBe(true);
    expect(hoursAway.find(([zone]) => zone === 'Europe/Berlin')?.[1]).toBeGreaterThanOrEqual(21);
    await test.call('POST', `/api/campaigns/${id}/cancel`);
  });

  it('gives everybody one of them where there is no winner, by their weights', async () => {
    const id = await send({
      abTest: undefined,
      variants: [
        { ...TWO[0], weight: 3 },
        { ...TWO[1], name: 'Long' },
      ],
    });
    await untilState(test, id, 'completed');
    const rows = await rowsOf(id);
    expect([0, 1].map((variant) => rows.filter((row) => row.variant === variant).length)).toEqual([150, 50]);
    const reply = await test.call('POST', `/api/campaigns/${id}/winner`, { variant: 'Long' });
    expect([reply.status, reply.body.code]).toEqual([409, 'CAMPAIGN_STATE']);
  });

  it('says what is wrong with a test before anything is sent', async () => {
    const refused = async (body: object) => {
      const request = { htmlContent: HTML, audience: people(3), variants: TWO, abTest: TEST, ...body };
      const { status, body: reply } = await test.call('POST', '/api/campaigns/send', request);
      return [status, reply.code, reply.errors?.[0]?.path];
    };
    expect(await refused({})).toEqual([422, 'CAMPAIGN_NOT_READY', 'tracking/clicks']);
    expect(await refused({ variants: undefined, subject: 'x' })).toEqual([422, 'CAMPAIGN_NOT_READY', 'variants']);
    const tracking = { clicks: true };
    expect(await refused({ tracking, variants: [TWO[0], { htmlContent: '<p>no link</p>' }] })).toEqual([
      422,
      'CAMPAIGN_NOT_READY',
      'variants/1',
    ]);
    expect(await refused({ variants: [TWO[0], { ...TWO[1], name: 'a' }] })).toEqual([
      422,
      'VALIDATION',
      'variants/1/name',
    ]);
    expect(await refused({ variants: [TWO[0], { subject: '{{ broken' }] })).toEqual([
      422,
      'TEMPLATE_SYNTAX',
      'variants/1/subject',
    ]);
    expect(await refused({ variants: [TWO[0]] })).toEqual([422, 'VALIDATION', 'variants']);
    expect(await refused({ abTest: { winner: 'opens' } })).toEqual([422, 'VALIDATION', 'abTest/winner']);
    expect((await query(`select 1 from campaigns where state = 'draft'`)).length).toBe(0);
  });

  it('keeps variants with a draft, over what the draft says', async () => {
    const draft = (
      await test.call('POST', '/api/campaigns', {
        subject: 'Base',
        htmlContent: HTML,
        variants: [{}, { subject: 'Other' }],
      })
    ).body;
    expect(draft.variants).toEqual([
      { position: 0, name: 'A', weight: 1 },
      { position: 1, name: 'B', weight: 1, subject: 'Other' },
    ]);
    await test.call('PATCH', `/api/campaigns/${draft.id}`, {
      subject: 'Base 2',
      audience: people(1),
      abTest: { samplePercent: 30, winner: 'manual' },
    });
    const before = sink.accepted.length;
    await test.call('POST', `/api/campaigns/${draft.id}/test`, { to: ['a@x.test'] });
    await test.call('POST', `/api/campaigns/${draft.id}/test`, { to: ['b@x.test'], variant: 'b' });
    expect(copiesOf(draft.id, before).map(({ subject }) => subject)).toEqual(['Base 2', 'Other']);
    const check = (await test.call('POST', `/api/campaigns/${draft.id}/check`)).body;
    expect(check.isReady).toBe(true);
    const forecast = (await test.call('POST', `/api/campaigns/${draft.id}/forecast`)).body;
    expect(forecast.assumptions.join(' ')).toContain('chooses the winner');
    const without = await test.call('PATCH', `/api/campaigns/${draft.id}`, { variants: null, abTest: null });
    expect([without.body.variants, without.body.abTest]).toEqual([[], null]);
    await test.call('DELETE', `/api/campaigns/${draft.id}`);
  });
});

/** Quoted-printable, as far as an address needs it. */
function decoded(content: string): string {
  return content.replace(/=\r\n/g, '').replace(/=3D/g, '=');
}
