import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FeedbackEvent, takeFeedback } from '../src/core/feedback.ts';
import { settleEvidence } from '../src/core/feedback-evidence.ts';
import { changeSettings } from '../src/core/settings.ts';
import { STATE_CODE } from '../src/domain/recipient-state.ts';
import { uuid7 } from '../src/lib/uuid7.ts';
import { statusOf } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';
import { Random } from './helpers/random.ts';

/** A ledger that was sent, written down instead of sent: each row in the state its place in the list names. */
async function ledger(
  test: TestCore,
  states: ReadonlyArray<keyof typeof STATE_CODE>,
): Promise<{ campaignId: string; sendId: string }> {
  const { pool } = test.database;
  const campaignId = uuid7();
  const sendId = uuid7();
  const listId = uuid7();
  await pool.query(`insert into lists (id, workspace_id, name) values ($1, $2, $3)`, [
    listId,
    test.caller.workspaceId,
    listId,
  ]);
  await pool.query(
    `insert into campaigns (id, workspace_id, name, state, audience, from_address) values ($1, $2, 'c', 'completed', $3, 'news@sender.test')`,
    [campaignId, test.caller.workspaceId, JSON.stringify({ kind: 'lists', listIds: [listId] })],
  );
  await pool.query(
    `insert into campaign_sends (id, workspace_id, campaign_id, expanded_at, total) values ($1, $2, $3, now(), $4)`,
    [sendId, test.caller.workspaceId, campaignId, states.length],
  );
  for (const [at, state] of states.entries()) {
    const email = `Person${at}@${campaignId.slice(-6)}.test`;
    const { rows } = await pool.query<{ id: string }>(
      'insert into contacts (workspace_id, email, email_key) values ($1, $2, $3) returning id',
      [test.caller.workspaceId, email, email.toLowerCase()],
    );
    await pool.query(`insert into list_subscriptions (list_id, contact_id, status) values ($1, $2, 'subscribed')`, [
      listId,
      rows[0]?.id,
    ]);
    await pool.query(
      `insert into email_sends (send_id, seq, contact_id, email, email_key, data, state, attempts) values ($1, $2, $3, $4, $5, '{}', $6, $7)`,
      [
        sendId,
        at + 1,
        rows[0]?.id,
        email,
        email.toLowerCase(),
        STATE_CODE[state],
        state === 'pending' || state === 'excluded' ? 0 : 1,
      ],
    );
  }
  await pool.query(
    `insert into campaign_send_batches (send_id, batch_no, first_seq, last_seq, state, pending) values ($1, 1, 1, $2, 'ready', 0)`,
    [sendId, states.length],
  );
  const count = (state: string) => states.filter((one) => one === state).length;
  await pool.query(
    `update campaign_send_batches set state = 'done', sent = $2, unknown = $3, failed = $4, excluded = $5, sending = $6 where send_id = $1`,
    [sendId, count('sent'), count('unknown'), count('failed'), count('excluded'), count('sending')],
  );
  return { campaignId, sendId };
}

const BOUNCE: FeedbackEvent = {
  type: 'bounced',
  source: 'listener',
  eventId: 'one',
  occurredAt: new Date(),
  ref: null,
  messageId: null,
  recipient: null,
  trusted: false,
  hard: true,
  class: 'mailbox-unknown',
  status: '5.1.1',
  reply: 550,
  response: '550 5.1.1 User unknown',
};

describe('what comes back after the hand-over', () => {
  let test: TestCore;
  let made: { campaignId: string; sendId: string };

  beforeAll(async () => {
    test = await openTestCore();
  });
  beforeEach(async () => {
    made = await ledger(test, ['sent', 'unknown', 'failed', 'sending', 'excluded']);
  });
  afterAll(() => test.close());

  const take = (...events: Array<Partial<FeedbackEvent>>) =>
    takeFeedback(
      test.core,
      test.caller.workspaceId,
      events.map((event) => ({ ...BOUNCE, eventId: uuid7(), ...event })),
    );
  const ref = (seq: number) => ({ sendId: made.sendId, seq });
  const email = (seq: number) => `person${seq - 1}@${made.campaignId.slice(-6)}.test`;
  const stateOf = async (seq: number) =>
    (
      await test.database.pool.query(
        'select state, response, sent_at as "sentAt" from email_sends where send_id = $1 and seq = $2',
        [made.sendId, seq],
      )
    ).rows[0];
  const events = async () =>
    (
      await test.database.pool.query('select seq, type, data from email_events where send_id = $1 order by id', [
        made.sendId,
      ])
    ).rows;
  const suppressions = async () =>
    (
      await test.database.pool.query(
        'select email_key as "emailKey", reason from suppressions where email_key like $1 order by 1',
        [`%@${made.campaignId.slice(-6)}.test`],
      )
    ).rows;

  it('a hard bounce is an event of its row and suppresses the address; the row stays sent', async () => {
    expect(await take({ ref: ref(1), recipient: email(1) })).toEqual(['recorded']);
    expect(await events()).toMatchObject([{ seq: 1, type: 'bounced', data: { hard: true, class: 'mailbox-unknown' } }]);
    expect((await stateOf(1)).state).toBe(STATE_CODE.sent);
    expect(await suppressions()).toEqual([{ emailKey: email(1), reason: 'hard-bounce' }]);
  });

  it('told twice, in one call or in two, it is one event', async () => {
    const same = { ref: ref(1), eventId: 'same' };
    expect(await take(same, same)).toEqual(['recorded', 'repeated']);
    expect(await take(same)).toEqual(['repeated']);
    expect(await events()).toHaveLength(1);
  });

  it('a report on an unknown row proves that it was sent, and the counts follow', async () => {
    expect((await statusOf(test, made.campaignId)).counts).toMatchObject({ sent: 1, unknown: 1 });
    const occurredAt = new Date('2026-01-02T03:04:05Z');
    await take({ ref: ref(2), hard: false, class: 'mailbox-full', occurredAt });
    expect(await stateOf(2)).toMatchObject({ state: STATE_CODE.sent, sentAt: occurredAt });
    expect((await stateOf(2)).response).toContain('it came back');
    expect((await statusOf(test, made.campaignId)).counts).toMatchObject({ sent: 2, unknown: 0 });
  });

  it('evidence that comes before the reply counts when the row becomes unknown after it', async () => {
    await take({ ref: ref(4), type: 'opened' });
    expect((await stateOf(4)).state).toBe(STATE_CODE.sending);
    await test.database.pool.query('update email_sends set state = 6 where send_id = $1 and seq = 4', [made.sendId]);
    await settleEvidence(test.core);
    expect((await stateOf(4)).state).toBe(STATE_CODE.sent);
    expect((await statusOf(test, made.campaignId)).counts).toMatchObject({ sent: 2, sending: 0 });
  });

  it('any other state stays as it is', async () => {
    expect(await take({ ref: ref(3), type: 'delivered' })).toEqual(['recorded']);
    expect((await stateOf(3)).state).toBe(STATE_CODE.failed);
  });

  it('what was never handed over cannot have come back', async () => {
    expect(await take({ ref: ref(5) }, { ref: { sendId: uuid7(), seq: 1 } })).toEqual(['unmatched', 'unmatched']);
    expect(await suppressions()).toEqual([]);
  });

  it('a Message-ID of ours names the row; a forged one and a bare address from the mail do not', async () => {
    const { messageIdLocalPart } = test.core.tokens.forRecipient(ref(1));
    const forged = messageIdLocalPart.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    const results = await take(
      { messageId: `<${messageIdLocalPart}@sender.test>` },
      { messageId: `<${forged}@sender.test>`, recipient: email(1) },
      { recipient: email(1) },
    );
    expect(results).toEqual(['recorded', 'unmatched', 'unmatched']);
  });

  it('who proved themselves may name the address alone: the last message to it is meant', async () => {
    expect(await take({ recipient: email(1).toUpperCase(), trusted: true })).toEqual(['recorded']);
    expect(await take({ recipient: 'nobody@else.test', trusted: true })).toEqual(['unmatched']);
  });

  it('rows of other workspaces are out of reach', async () => {
    const told = [{ ...BOUNCE, ref: ref(1), eventId: uuid7() }];
    expect(await takeFeedback(test.core, uuid7(), told)).toEqual(['unmatched']);
    expect(await takeFeedback(test.core, null, told)).toEqual(['recorded']);
  });

  it('a complaint suppresses and unsubscribes; a report of failed authentication does neither', async () => {
    await take({ ref: ref(1), type: 'complained', hard: false, data: { feedback: 'auth-failure' } });
    expect(await suppressions()).toEqual([]);
    await take({ ref: ref(1), type: 'complained', hard: false, data: { feedback: 'abuse' } });
    expect(await suppressions()).toEqual([{ emailKey: email(1), reason: 'complaint' }]);
    const { rows } = await test.database.pool.query(
      `select s.status from list_subscriptions s join contacts c on c.id = s.contact_id where c.email_key = $1`,
      [email(1)],
    );
    expect(rows).toEqual([{ status: 'unsubscribed' }]);
  });

  it('a bounce of another address than ours, forwarded to, does not suppress ours', async () => {
    await take({ ref: ref(1), recipient: 'somewhere@else.test' });
    expect(await suppressions()).toEqual([]);
    expect(await events()).toMatchObject([{ data: { recipient: 'somewhere@else.test' } }]);
  });

  it('soft bounces suppress when they come on as many days as the workspace says', async () => {
    await changeSettings(test.core, test.caller, { softBounceDays: 3 });
    const soft = { hard: false, class: 'mailbox-full', recipient: email(1), ref: ref(1) };
    const day = (ago: number) => new Date(Date.now() - ago * 86_400_000);
    await take({ ...soft, occurredAt: day(40) }, { ...soft, occurredAt: day(2) }, { ...soft, occurredAt: day(2) });
    await take({ ...soft, occurredAt: day(1) });
    expect(await suppressions()).toEqual([]);
    await take({ ...soft, class: 'spam-refused', occurredAt: day(0) }); // about us, not about the mailbox
    expect(await suppressions()).toEqual([]);
    await take({ ...soft, occurredAt: day(3) }); // late, and it still counts
    expect(await suppressions()).toEqual([{ emailKey: email(1), reason: 'hard-bounce' }]);
  });

  it('bytes that PostgreSQL cannot keep do no harm', async () => {
    expect(await take({ ref: ref(1), response: 'a\0b\ud800', eventId: 'x\0y', data: { words: '\0' } })).toEqual([
      'recorded',
    ]);
  });

  it('cut off at any point and called again, it ends the same', async () => {
    const dice = new Random(20_261_123);
    for (let round = 0; round < 12; round++) {
      made = await ledger(test, ['sent', 'unknown', 'unknown', 'sent', 'unknown', 'sending']);
      const told: FeedbackEvent[] = Array.from({ length: 12 }, (_, at) => ({
        ...BOUNCE,
        ref: ref(1 + dice.below(6)),
        eventId: `${round} ${at}`,
        type: dice.pick(['bounced', 'delivered', 'complained', 'opened'] as const),
        hard: dice.below(2) === 0,
      }));
      const whole = await outcomeOf(told, null);
      made = await ledger(test, ['sent', 'unknown', 'unknown', 'sent', 'unknown', 'sending']);
      const moved = told.map((event) => ({
        ...event,
        ref: ref(event.ref?.seq ?? 1),
        eventId: `again ${event.eventId}`,
      }));
      const cut = await outcomeOf(moved, dice.below(14));
      expect(cut).toEqual(whole);
    }
  });

  /** What the database says in the end; `cutAt`: the connection is cut behind so many statements, once. */
  async function outcomeOf(told: readonly FeedbackEvent[], cutAt: number | null): Promise<unknown> {
    if (cutAt !== null) await takeFeedback(cutting(test, cutAt), test.caller.workspaceId, told).catch(() => {});
    await takeFeedback(test.core, test.caller.workspaceId, told);
    await test.database.pool.query('update email_sends set state = 6 where send_id = $1 and state = 1', [made.sendId]);
    await settleEvidence(test.core);
    const { rows: states } = await test.database.pool.query(
      'select seq, state from email_sends where send_id = $1 order by 1',
      [made.sendId],
    );
    const { rows: batches } = await test.database.pool.query(
      'select sent, unknown, sending from campaign_send_batches where send_id = $1',
      [made.sendId],
    );
    const { rows: kinds } = await test.database.pool.query(
      'select seq, type, count(*)::int from email_events where send_id = $1 group by 1, 2 order by 1, 2',
      [made.sendId],
    );
    const { rows: left } = await test.database.pool.query('select 1 from sent_evidence where send_id = $1', [
      made.sendId,
    ]);
    const kept = (await suppressions()).map(({ emailKey, reason }) => [String(emailKey).split('@')[0], reason]);
    return { states, batches, kinds, left, kept };
  }
});

/** The same core, whose database goes away behind so many statements. */
function cutting(test: TestCore, statements: number): TestCore['core'] {
  let left = statements;
  const { db } = test.core;
  const sql = db.sql.withPlugin({
    transformQuery: ({ node }) => {
      if (left-- <= 0) throw new Error('the process was killed here');
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  return { ...test.core, db: { ...db, sql } };
}
