import fs from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { type OutcomeRow, recordOutcomes } from '../db/hot/record-outcomes.ts';
import { findBatchRange, recountBatch, resumeEndedCampaign, returnUnhandedRows } from '../db/hot/settle-batch.ts';
import { STATE_CODE } from '../domain/recipient-state.ts';
import { isCertainlyGone } from '../lib/process-key.ts';
import { JOURNAL_SUFFIX, type JournalBatch, type JournalOwner } from './hand-over-journal.ts';

/** What a journal says of a batch that had not ended. */
interface JournalledBatch extends JournalBatch {
  /** Rows that may have been accepted. */
  readonly handedOver: Set<number>;
  readonly outcomes: OutcomeRow[];
}

export interface Journal {
  readonly batches: readonly JournalledBatch[];
  /** False when a note in the middle cannot be read: then a row without a note may have been handed over all the same. */
  readonly isWhole: boolean;
}

export interface Recovered {
  readonly workerId: string;
  readonly outcomes: number;
  /** Rows that had passed the gate and were never handed over: they go out as if nothing had happened. */
  readonly returned: number;
}

/**
 * Reads the journals of processes of this machine that are gone for certain, and tells the ledger what they knew: the
 * outcomes they had not recorded yet, and which rows never left. Only then may their leases end. Safe to run twice and
 * by several processes at once: every statement is conditional on fence and attempt.
 *
 * A journal of an earlier boot is not believed about what it does not hold (its last notes may have been lost with the
 * page cache), and `isCertainlyGone` judges processes of this boot only; such files are removed by `removeOldJournals`.
 */
export async function recoverJournals(db: pg.Pool, dir: string): Promise<Recovered[]> {
  const recovered: Recovered[] = [];
  for (const file of listJournals(dir)) {
    const owner = readOwner(file);
    if (!owner || !isCertainlyGone(owner.pid, owner.processKey)) continue;
    recovered.push(await apply(db, owner, readJournal(file)));
    fs.rmSync(file, { force: true });
  }
  return recovered;
}

async function apply(db: pg.Pool, { workerId }: JournalOwner, journal: Journal): Promise<Recovered> {
  let outcomes = 0;
  let returned = 0;
  for (const batch of journal.batches) {
    outcomes += await recordOutcomes(db, batch.outcomes);
    if (journal.isWhole) returned += await returnUnhandedRows(db, batch, [...batch.handedOver]);
    await recount(db, batch);
  }
  return { workerId, outcomes, returned };
}

/** The lease may have run out before (a process stopped for longer, then killed): then a successor has counted already. */
async function recount(db: pg.Pool, { sendId, batchNo }: JournalBatch): Promise<void> {
  const range = await findBatchRange(db, sendId, batchNo);
  if (!range) return;
  await recountBatch(db, range);
  await resumeEndedCampaign(db, range);
}

const OLD_MS = 7 * 86_400_000;

/** Journals that nobody will read any more: of an earlier boot, or another container on the same volume. */
export function removeOldJournals(dir: string, now = Date.now()): void {
  for (const file of listJournals(dir)) {
    const modified = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (now - modified > OLD_MS) fs.rmSync(file, { force: true });
  }
}

function listJournals(dir: string): string[] {
  try {
    return fs
      .readdirSync(dir)
      .filter((name) => name.endsWith(JOURNAL_SUFFIX))
      .map((name) => path.join(dir, name));
  } catch {
    return []; // nothing was ever sent from here
  }
}

const LONGEST_FIRST_LINE = 1024;

/** Null when the file is gone, or was cut off in its first line: then nothing was handed over under it. */
function readOwner(file: string): JournalOwner | null {
  let fd: number;
  try {
    fd = fs.openSync(file, 'r');
  } catch {
    return null;
  }
  try {
    const bytes = Buffer.alloc(LONGEST_FIRST_LINE);
    const text = bytes.toString('utf8', 0, fs.readSync(fd, bytes));
    return text.includes('\n') ? parse<JournalOwner>(text.slice(0, text.indexOf('\n'))) : null;
  } finally {
    fs.closeSync(fd);
  }
}

export function readJournal(file: string): Journal {
  const batches = new Map<string, BatchNotes>();
  let isWhole = true;
  for (const line of readLines(file).slice(1)) isWhole = note(batches, line) && isWhole;
  return {
    batches: [...batches.values()].map((batch) => ({ ...batch, outcomes: [...batch.outcomes.values()] })),
    isWhole,
  };
}

/** Whole lines only: a last one without its end was being written when the process died, so its message never left. */
function readLines(file: string): string[] {
  try {
    return fs.readFileSync(file, 'utf8').split('\n').slice(0, -1);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The last outcome of each row. */
interface BatchNotes extends JournalBatch {
  readonly handedOver: Set<number>;
  readonly outcomes: Map<number, OutcomeRow>;
}

/**
 * What was known of a row before is over: an attempt that used nothing up (an account that was not reached) is given back, and
 * the next one under the same fence has its number. Taken for the outcome of that one, it would send the row again.
 */
function handedOver(batch: BatchNotes, seq: number): true {
  batch.handedOver.add(seq);
  batch.outcomes.delete(seq);
  return true;
}

function settled(batch: BatchNotes, outcome: OutcomeRow): true {
  batch.outcomes.set(outcome.seq, outcome);
  return true;
}

/** False for a line that cannot be read. */
function note(batches: Map<string, BatchNotes>, line: string): boolean {
  const [kind, no = '', ...rest] = line.split(' ');
  if (kind === 'B') return begin(batches, no, rest);
  const batch = batches.get(no);
  if (!batch) return false;
  switch (kind) {
    case 'H':
      return /^\d+$/.test(rest.join(' ')) && handedOver(batch, Number(rest[0]));
    case 'S':
      return /^\d+ \d+ \d+ \d+ /.test(rest.join(' ')) && settled(batch, acceptedOutcome(batch, rest));
    case 'O': {
      const outcome = parse<OutcomeRow>(rest.join(' '));
      return outcome !== null && settled(batch, revive(outcome));
    }
    case 'E':
      return batches.delete(no);
    default:
      return false;
  }
}

function acceptedOutcome(batch: JournalBatch, [seq, attempt, code, sentAt, ...response]: string[]): OutcomeRow {
  const { sendId, fence } = batch;
  const accepted = { state: STATE_CODE.sent, charged: true, class: null, dueAt: null, since: null, suppressIn: null };
  const numbers = { seq: Number(seq), attempt: Number(attempt), code: Number(code) };
  return { sendId, fence, ...numbers, ...accepted, sentAt: new Date(Number(sentAt)), response: response.join(' ') };
}

function begin(batches: Map<string, BatchNotes>, no: string, [sendId, batchNo, fence]: string[]): boolean {
  if (!sendId || !/^\d+$/.test(batchNo ?? '') || !/^\d+$/.test(fence ?? '')) return false;
  const key = { sendId, batchNo: Number(batchNo), fence: Number(fence) };
  batches.set(no, { ...key, handedOver: new Set(), outcomes: new Map() });
  return true;
}

function parse<T>(text: string): T | null {
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}

function revive(outcome: OutcomeRow): OutcomeRow {
  const date = (value: Date | null) => (value === null ? null : new Date(value));
  return { ...outcome, sentAt: date(outcome.sentAt), dueAt: date(outcome.dueAt), since: date(outcome.since) };
}
