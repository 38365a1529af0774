import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountingSink } from '../bench/counting-sink.ts';
import { sendCampaign } from '../src/core/campaigns.ts';
import { pause } from '../src/core/preferences.ts';
import { suppress } from '../src/core/suppressions.ts';
import { expandCampaign } from '../src/engine/expand.ts';
import { LETTER, people, statusOf, TestWorkers, untilState } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';

let test: TestCore;
let sink: CountingSink;
const workers = new TestWorkers();

beforeEach(async () => {
  test = await openTestCore();
  sink = new CountingSink();
  await test.addAccount(await sink.listen());
});
afterEach(async () => {
  await workers.stop();
  await test.close();
  await sink.close();
});

const PEOPLE = 600;
const audience = [
  ...people(PEOPLE),
  { email: 'domain@sub.gone.test' },
  { email: 'Hash@x.test' },
  { email: 'md5@x.test' },
  { email: 'paused@x.test' },
  { email: 'until@x.test' },
  { email: 'over@x.test' },
  { email: 'over@over.test' },
];
const REFUSED = ['domain@sub.gone.test', 'hash@x.test', 'md5@x.test', 'paused@x.test', 'until@x.test'];
const hash = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');

/** Written out, and nothing sent yet. */
async function written(): Promise<{ id: string; pauseToken: string }> {
  const { id } = await sendCampaign(test.core, test.caller, { ...LETTER, audience });
  await expandCampaign(test.core.db, id, { onBatchesReady: async () => {} });
  const { rows } = await test.database.pool.query(
    `select s.id, e.seq from campaign_sends s join email_sends e on e.send_id = s.id where s.campaign_id = $1 and e.email_key = 'paused@x.test'`,
    [id],
  );
  const pauseToken = test.core.tokens.forRecipient({ sendId: rows[0].id, seq: rows[0].seq }).unsubscribeToken;
  return { id, pauseToken };
}

/** Straight into the table: nobody takes rows out of the campaign, so that it is the gate that has to refuse. */
async function refuseBehindItsBack(): Promise<void> {
  await test.database.pool.query(
    `insert into suppressions (workspace_id, kind, email, email_key, reason, expires_at) values
     ($1, 'domain', '@gone.test', '@gone.test', 'manual', null),
     ($1, 'hash', $2, $2, 'erased', null),
     ($1, 'hash', $3, $3, 'imported', null),
     ($1, 'address', 'paused@x.test', 'paused@x.test', 'paused', now() + interval '1 month'),
     ($1, 'address', 'until@x.test', 'until@x.test', 'manual', now() + interval '1 hour'),
     ($1, 'address', 'over@x.test', 'over@x.test', 'manual', now() - interval '1 second'),
     ($1, 'domain', '@over.test', '@over.test', 'manual', now() - interval '1 second')`,
    [test.caller.workspaceId, `sha256:${hash('sha256', 'hash@x.test')}`, `md5:${hash('md5', 'md5@x.test')}`],
  );
}

async function expectExcluded(id: string): Promise<void> {
  const { counts } = await untilState(test, id, 'completed');
  expect(counts).toMatchObject({ sent: PEOPLE + 2, excluded: REFUSED.length, unknown: 0 });
  const { rows } = await test.database.pool.query(
    `select e.email_key, e.reason from email_sends e join campaign_sends s on s.id = e.send_id where s.campaign_id = $1 and e.state = 5 order by 1`,
    [id],
  );
  expect(rows).toEqual([...REFUSED].sort().map((email) => ({ email_key: email, reason: 'suppressed' })));
  for (const email of [...REFUSED, 'Hash@x.test']) expect(sink.copies.has(email)).toBe(false);
  for (const email of ['over@x.test', 'over@over.test']) expect(sink.copies.get(email)).toBe(1);
}

describe('who is suppressed between expansion and gate', () => {
  it('is not sent to and ends as excluded: by domain, by hash, for a time; and who no longer is, is sent to', async () => {
    const { id } = await written();
    await refuseBehindItsBack();
    await workers.start(test);
    await expectExcluded(id);
  });

  it('is taken out of the campaign before the answer, whatever they are suppressed by', async () => {
    const { id, pauseToken } = await written();
    await suppress(test.core, test.caller, { domain: 'gone.test' });
    await suppress(test.core, test.caller, { hash: hash('sha256', 'hash@x.test') });
    await suppress(test.core, test.caller, { hash: hash('md5', 'md5@x.test') });
    await pause(test.core, pauseToken, 1, { method: 'page' });
    await suppress(test.core, test.caller, {
      email: 'until@x.test',
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
    expect((await statusOf(test, id)).counts).toMatchObject({ pending: PEOPLE + 2, excluded: REFUSED.length });
    await workers.start(test);
    await expectExcluded(id);
  });

  it('is not sent to by the successor of a worker that was lost either', async () => {
    const { id } = await written();
    const { pool } = test.database;
    await pool.query(
      `update campaign_send_batches b set state = 'leased', fence = 1, lease_until = now(), worker_id = new_id()
       from campaign_sends s where s.id = b.send_id and s.campaign_id = $1`,
      [id],
    );
    await refuseBehindItsBack();
    await workers.start(test, 2);
    await expectExcluded(id);
  });
});
