import fs from 'node:fs';
import path from 'node:path';
import type { OutcomeRow } from '../db/hot/record-outcomes.ts';
import { STATE_CODE } from '../domain/recipient-state.ts';

/** Names the process so that another one can tell that it is gone (lib/process-key.ts). */
export interface JournalOwner {
  readonly workerId: string;
  readonly pid: number;
  readonly processKey: string;
}

/** The batch a note belongs to. */
export interface JournalBatch {
  readonly sendId: string;
  readonly batchNo: number;
  readonly fence: number;
}

/**
 * What this process alone knows, kept where it outlives the process: which rows it has begun to hand over, and what
 * became of them, until the ledger has it. The gate lets rows through by the hundred; after a kill the journal tells
 * which of them were really on the wire (they become `unknown`), which were answered (they get their outcome), and
 * which never left (they go out again). So a crash leaves one row a connection in doubt, whatever the window.
 *
 * `write` without fsync is enough: the file survives the process in the page cache. After a crash of the machine it is
 * not believed (see journal-recovery.ts), and every gated row without an outcome is `unknown`.
 * Measured: 1.4 µs a note.
 */
export class HandOverJournal {
  readonly #dir: string;
  readonly #name: string;
  readonly #header: string;
  readonly #open = new Map<JournalBatch, { volume: JournalVolume; no: number }>();
  #volume: JournalVolume | null = null;
  #volumes = 0;

  constructor(dir: string, owner: JournalOwner) {
    this.#dir = dir;
    this.#name = owner.workerId;
    this.#header = `${JSON.stringify(owner)}\n`;
  }

  /** Before the first row of a batch. Throws when the file cannot be written: then nothing of it may be handed over. */
  begin(batch: JournalBatch): void {
    const volume = this.#writableVolume();
    const no = volume.begin();
    this.#open.set(batch, { volume, no });
    volume.write(`B ${no} ${batch.sendId} ${batch.batchNo} ${batch.fence}\n`);
  }

  /** Right before the write after which the server may have accepted the message; throws when it cannot be noted. */
  handingOver(batch: JournalBatch, seq: number): void {
    const entry = this.#open.get(batch);
    if (!entry) throw new Error('the batch is not in the journal');
    entry.volume.write(`H ${entry.no} ${seq}\n`);
  }

  /** What became of a row; leaves with the next note, or at the end of this turn of the event loop. */
  settled(batch: JournalBatch, outcome: OutcomeRow): void {
    const entry = this.#open.get(batch);
    entry?.volume.writeSoon(`${outcomeNote(entry.no, outcome)}\n`);
  }

  /** The ledger has every outcome of the batch, committed: its notes may go. */
  end(batch: JournalBatch): void {
    const entry = this.#open.get(batch);
    if (!entry) return;
    this.#open.delete(batch);
    entry.volume.end(entry.no);
    if (entry.volume !== this.#volume && entry.volume.isDone) entry.volume.remove();
  }

  /** A journal with batches still in it stays, for the next process to read. */
  close(): void {
    const volumes = new Set([this.#volume, ...[...this.#open.values()].map((entry) => entry.volume)]);
    for (const volume of volumes) {
      if (volume?.isDone) volume.remove();
      else volume?.close();
    }
    this.#volume = null;
    this.#open.clear();
  }

  #writableVolume(): JournalVolume {
    if (this.#volume && !this.#volume.isFull) return this.#volume;
    const full = this.#volume;
    const file = path.join(this.#dir, `${this.#name}.${++this.#volumes}${JOURNAL_SUFFIX}`);
    this.#volume = new JournalVolume(file, this.#header);
    if (full?.isDone) full.remove();
    return this.#volume;
  }
}

/** Nearly all are accepted: theirs is short, and made without JSON (4 µs each). */
function outcomeNote(no: number, outcome: OutcomeRow): string {
  const { seq, attempt, code, response, sentAt } = outcome;
  if (
    outcome.state !== STATE_CODE.sent ||
    code === null ||
    response === null ||
    sentAt === null ||
    /[\r\n]/.test(response)
  )
    return `O ${no} ${JSON.stringify(outcome)}`;
  return `S ${no} ${seq} ${attempt} ${code} ${sentAt.getTime()} ${response}`;
}

export const JOURNAL_SUFFIX = '.journal';
const VOLUME_BYTES = 16 * 1024 * 1024;

/** One file. It takes batches until it is full, and goes when the last of them has ended. */
class JournalVolume {
  readonly #file: string;
  readonly #fd: number;
  #bytes = 0;
  #torn = false;
  #batches = 0;
  #unended = 0;
  #pending = '';
  #flush: NodeJS.Immediate | null = null;

  constructor(file: string, header: string) {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    this.#file = file;
    this.#fd = fs.openSync(file, 'ax', 0o600);
    this.write(header);
  }

  get isFull(): boolean {
    return this.#torn || this.#bytes >= VOLUME_BYTES;
  }

  get isDone(): boolean {
    return this.#unended === 0;
  }

  begin(): number {
    this.#unended++;
    return ++this.#batches;
  }

  end(no: number): void {
    this.#unended--;
    this.writeSoon(`E ${no}\n`);
  }

  write(note: string): void {
    const notes = this.#pending + note;
    this.#pending = '';
    const length = Buffer.byteLength(notes);
    if (!this.#torn) this.#bytes += this.#append(notes, length);
    if (this.#torn) throw new Error(`the journal ${this.#file} cannot be written: is the disk full?`);
  }

  /** A note that went in half (a full disk) spoils the file for what follows: the reader could take two notes for one. */
  #append(notes: string, length: number): number {
    this.#torn = true;
    const written = fs.writeSync(this.#fd, notes);
    this.#torn = written < length;
    return written;
  }

  writeSoon(note: string): void {
    this.#pending += note;
    this.#flush ??= setImmediate(() => {
      this.#flush = null;
      this.#writePending();
    });
  }

  close(): void {
    this.#writePending();
    if (this.#flush) clearImmediate(this.#flush);
    this.#flush = null;
    fs.closeSync(this.#fd);
  }

  remove(): void {
    this.#pending = '';
    this.close();
    fs.rmSync(this.#file, { force: true });
  }

  /** An outcome that cannot be noted costs certainty after a crash, nothing else: no reason to stop. */
  #writePending(): void {
    if (this.#pending === '') return;
    try {
      this.write('');
    } catch {
      this.#pending = '';
    }
  }
}
