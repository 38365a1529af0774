import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutcomeRow } from '../db/hot/record-outcomes.ts';
import { STATE_CODE } from '../domain/recipient-state.ts';
import { HandOverJournal } from './hand-over-journal.ts';
import { readJournal } from './journal-recovery.ts';

const sendId = '019a3f44-8c1e-7abc-9def-0123456789ab';
const owner = { workerId: 'w', pid: 1, processKey: 'boot ns host 1' };
const batch = (batchNo: number) => ({ sendId, batchNo, fence: 3 });

function outcome(seq: number, change: Partial<OutcomeRow> = {}): OutcomeRow {
  const nothing = { class: null, dueAt: null, since: null, suppressIn: null };
  const accepted = { state: STATE_CODE.sent, charged: true, code: 250, response: '250 2.0.0 Ok: queued as Ä1' };
  return { sendId, seq, fence: 3, attempt: 1, ...nothing, ...accepted, sentAt: new Date(1_700_000_000_123), ...change };
}

describe('the hand-over journal', () => {
  let dir = '';
  let journal: HandOverJournal;

  beforeEach(() => {
    dir = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-journal-')), 'journal');
    journal = new HandOverJournal(dir, owner);
  });
  afterEach(() => {
    journal.close();
    fs.rmSync(path.dirname(dir), { recursive: true, force: true });
  });

  const files = () => (fs.existsSync(dir) ? fs.readdirSync(dir).map((name) => path.join(dir, name)) : []);
  const read = () => readJournal(files()[0] ?? '');

  it('forgets what became of a row when it is handed over once more, under the same number', async () => {
    const rerouted = { charged: false, state: STATE_CODE.deferred, code: null, response: 'not reached', sentAt: null };
    const batch1 = batch(1);
    journal.begin(batch1);
    for (const seq of [1, 2]) {
      journal.handingOver(batch1, seq);
      journal.settled(batch1, outcome(seq, rerouted));
    }
    journal.handingOver(batch1, 2);
    await turn();
    expect(read().batches).toMatchObject([{ handedOver: new Set([1, 2]), outcomes: [{ seq: 1 }] }]);
  });

  it('tells of a batch that had not ended which rows were handed over, and what became of them', async () => {
    const first = batch(1);
    const second = batch(2);
    journal.begin(first);
    journal.begin(second);
    for (const seq of [5, 6, 7]) journal.handingOver(first, seq);
    journal.handingOver(second, 500);
    const refused = outcome(6, {
      state: STATE_CODE.deferred,
      code: 451,
      class: 'greylisted',
      response: '451 4.7.1 later\r\nplease',
      sentAt: null,
      dueAt: new Date(1_700_000_300_000),
      since: new Date(1_700_000_000_000),
    });
    journal.settled(first, outcome(5));
    journal.settled(first, refused);
    await turn();
    expect(read()).toEqual({
      isWhole: true,
      batches: [
        { ...first, handedOver: new Set([5, 6, 7]), outcomes: [outcome(5), refused] },
        { ...second, handedOver: new Set([500]), outcomes: [] },
      ],
    });
  });

  it('has a row in the file before `handingOver` returns', () => {
    const first = batch(1);
    journal.begin(first);
    journal.handingOver(first, 9);
    expect(read().batches[0]?.handedOver).toEqual(new Set([9]));
  });

  it('forgets a batch that has ended, and leaves no file when nothing is left in it', () => {
    const first = batch(1);
    journal.begin(first);
    journal.handingOver(first, 9);
    journal.end(first);
    expect(files()).toHaveLength(1);
    journal.close();
    expect(files()).toHaveLength(0);
  });

  it('stays when the process ends with a batch in hand', () => {
    const first = batch(1);
    journal.begin(first);
    journal.handingOver(first, 9);
    journal.settled(first, outcome(9));
    journal.close();
    expect(read().batches).toEqual([{ ...first, handedOver: new Set([9]), outcomes: [outcome(9)] }]);
  });

  it('begins a new file when one is full, and drops the old one with its last batch', async () => {
    const first = batch(1);
    journal.begin(first);
    const long = outcome(1, { response: `250 ${'x'.repeat(990_000)}` });
    for (let i = 0; i < 17; i++) journal.settled(first, long);
    await turn();
    const second = batch(2);
    journal.begin(second);
    journal.handingOver(second, 501);
    expect(files()).toHaveLength(2);
    journal.end(first);
    expect(files()).toHaveLength(1);
    expect(read().batches).toEqual([{ ...second, handedOver: new Set([501]), outcomes: [] }]);
  });

  it('does not count a last line that was cut off: its message had not left', () => {
    const first = batch(1);
    journal.begin(first);
    journal.handingOver(first, 9);
    fs.appendFileSync(files()[0] ?? '', 'H 1 1');
    expect(read()).toEqual({ isWhole: true, batches: [{ ...first, handedOver: new Set([9]), outcomes: [] }] });
  });

  it.each(['H 1 1H 1 12', 'H 7 3', 'O 1 {"seq":', 'S 1 5 1', 'B 2 x', 'nonsense', ''])(
    'is not whole with the line %j in it',
    (line) => {
      journal.begin(batch(1));
      fs.appendFileSync(files()[0] ?? '', `${line}\nH 1 4\n`);
      expect(read()).toMatchObject({ isWhole: false, batches: [{ handedOver: new Set([4]) }] });
    },
  );

  it('refuses a hand-over that cannot be noted', () => {
    fs.writeFileSync(dir, 'a file where the directory should be');
    expect(() => journal.begin(batch(1))).toThrow();
    expect(() => journal.handingOver(batch(1), 1)).toThrow('not in the journal');
    fs.rmSync(dir);
  });
});
