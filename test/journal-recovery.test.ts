import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendCampaign } from '../src/core/campaigns.ts';
import { STATE_CODE } from '../src/domain/recipient-state.ts';
import { expandCampaign } from '../src/engine/expand.ts';
import { HandOverJournal } from '../src/engine/hand-over-journal.ts';
import { recoverJournals } from '../src/engine/journal-recovery.ts';
import { processKey } from '../src/lib/process-key.ts';
import { LETTER, people } from './helpers/campaign.ts';
import { openTestCore, type TestCore } from './helpers/core.ts';

const BATCH = { batchNo: 1, fence: 4 };

describe('the journal of a process that is gone', () => {
  let test: TestCore;
  let dir = '';
  let sendId = '';

  beforeEach(async () => {
    test = await openTestCore();
    dir = path.join(test.core.dataDir, 'journal');
    await test.addAccount(1);
    const campaign = await sendCampaign(test.core, test.caller, { ...LETTER, audience: people(40) });
    await expandCampaign(test.core.db, campaign.id, { onBatchesReady: async () => {} });
    const { pool } = test.database;
    sendId = (await pool.query('select id from campaign_sends where campaign_id = $1', [campaign.id])).rows[0].id;
    await pool.query(
      `update campaign_send_batches set state = 'leased', fence = 4, lease_until = now() + interval '30 seconds' where send_id = $1`,
      [sendId],
    );
    // Thirty rows had passed the gate when the process ended; five of an earlier owner are none of its business.
    await pool.query('update email_sends set state = 1, attempts = 1, fence = 4 where send_id = $1 and seq <= 30', [
      sendId,
    ]);
    await pool.query('update email_sends set state = 1, attempts = 1, fence = 3 where send_id = $1 and seq > 35', [
      sendId,
    ]);
  });
  afterEach(() => test.close());

  const states = async () => {
    const { rows } = await test.database.pool.query(
      'select state, attempts, array_agg(seq order by seq) as seqs from email_sends where send_id = $1 group by 1, 2 order by 1, 2',
      [sendId],
    );
    return rows.map(({ state, attempts, seqs }) => ({ state, attempts, from: seqs[0], count: seqs.length }));
  };

  /** Ten rows handed over, of which six were answered. */
  function keepJournal(pid: number, key: string): void {
    const journal = new HandOverJournal(dir, { workerId: 'gone', pid, processKey: key });
    const batch = { sendId, ...BATCH };
    journal.begin(batch);
    for (let seq = 1; seq <= 10; seq++) journal.handingOver(batch, seq);
    for (let seq = 1; seq <= 6; seq++) {
      const nothing = { class: null, dueAt: null, since: null, suppressIn: null };
      const said = { state: STATE_CODE.sent, charged: true, code: 250, response: '250 ok', sentAt: new Date() };
      journal.settled(batch, { sendId, seq, fence: BATCH.fence, attempt: 1, ...nothing, ...said });
    }
    journal.close();
  }

  async function endedProcess(): Promise<{ pid: number; key: string }> {
    const child = spawn('sleep', ['60']);
    const pid = child.pid ?? 0;
    const key = processKey(pid);
    child.kill();
    await once(child, 'exit');
    return { pid, key };
  }

  it('leaves in doubt what was put off, went out again under the same number, and was not answered', async () => {
    const gone = await endedProcess();
    const journal = new HandOverJournal(dir, { workerId: 'gone', pid: gone.pid, processKey: gone.key });
    const batch = { sendId, ...BATCH };
    journal.begin(batch);
    const nothing = { code: null, class: 'connection-lost', dueAt: null, since: new Date(), suppressIn: null };
    const off = { state: STATE_CODE.deferred, charged: false, response: 'not reached', sentAt: null };
    // Another account took it at once: its attempt was given back, so the next one has its number.
    journal.settled(batch, { sendId, seq: 1, fence: BATCH.fence, attempt: 1, ...nothing, ...off });
    journal.handingOver(batch, 1);
    journal.close();
    await recoverJournals(test.database.pool, dir);
    const { rows } = await test.database.pool.query('select state from email_sends where send_id = $1 and seq = 1', [
      sendId,
    ]);
    expect(rows).toEqual([{ state: STATE_CODE.sending }]); // and unknown, when its lease has run out
  });

  it('gives rows their outcomes, leaves in doubt what was on the wire, and sends again what never left', async () => {
    const { pid, key } = await endedProcess();
    keepJournal(pid, key);
    expect(await recoverJournals(test.core.db.pool, dir)).toEqual([{ workerId: 'gone', outcomes: 6, returned: 20 }]);
    expect(await states()).toEqual([
      { state: STATE_CODE.pending, attempts: 0, from: 11, count: 25 }, // five of them were never gated
      { state: STATE_CODE.sending, attempts: 1, from: 7, count: 9 },
      { state: STATE_CODE.sent, attempts: 1, from: 1, count: 6 },
    ]);
    expect(fs.readdirSync(dir)).toEqual([]);
    expect(await recoverJournals(test.core.db.pool, dir)).toEqual([]);
  });

  it('is left alone while the process lives', async () => {
    keepJournal(process.pid, processKey());
    const before = await states();
    expect(await recoverJournals(test.core.db.pool, dir)).toEqual([]);
    expect(await states()).toEqual(before);
    expect(fs.readdirSync(dir)).toHaveLength(1);
  });

  it('is not believed about rows it does not hold when a line of it is spoilt', async () => {
    const { pid, key } = await endedProcess();
    keepJournal(pid, key);
    const file = path.join(dir, fs.readdirSync(dir)[0] ?? '');
    fs.appendFileSync(file, 'H 1 2H 1 23\nH 1 11\n');
    expect(await recoverJournals(test.core.db.pool, dir)).toEqual([{ workerId: 'gone', outcomes: 6, returned: 0 }]);
    expect((await states()).find(({ state }) => state === STATE_CODE.sending)?.count).toBe(29);
  });

  it('takes back what a successor has called unknown, where it knows better, and counts the batch again', async () => {
    const { pid, key } = await endedProcess();
    keepJournal(pid, key);
    const { pool } = test.database;
    await pool.query(`update email_sends set state = 6, class = 'worker-lost' where send_id = $1 and state = 1`, [
      sendId,
    ]);
    await pool.query(`update campaign_send_batches set state = 'done', fence = 5, unknown = 35 where send_id = $1`, [
      sendId,
    ]);
    await pool.query(`update campaigns set state = 'completed'`);
    expect(await recoverJournals(test.core.db.pool, dir)).toEqual([{ workerId: 'gone', outcomes: 6, returned: 20 }]);
    expect(await states()).toEqual([
      { state: STATE_CODE.pending, attempts: 0, from: 11, count: 25 },
      { state: STATE_CODE.sent, attempts: 1, from: 1, count: 6 },
      { state: STATE_CODE.unknown, attempts: 1, from: 7, count: 9 }, // five of them are of an earlier owner
    ]);
    const { rows } = await pool.query(
      `select b.state, b.pending, b.sent, b.unknown, c.state as campaign from campaign_send_batches b, campaigns c`,
    );
    expect(rows).toEqual([{ state: 'ready', pending: 25, sent: 6, unknown: 9, campaign: 'active' }]);
  });

  it('leaves rows alone that have moved on since', async () => {
    const { pid, key } = await endedProcess();
    keepJournal(pid, key);
    await test.database.pool.query(
      'update email_sends set state = 1, attempts = 2, fence = 6 where send_id = $1 and seq <= 30',
      [sendId],
    );
    const before = await states();
    expect(await recoverJournals(test.core.db.pool, dir)).toEqual([{ workerId: 'gone', outcomes: 0, returned: 0 }]);
    expect(await states()).toEqual(before);
  });
});
