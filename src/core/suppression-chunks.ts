import { IMPORT_CHUNK_ROWS } from '../db/hot/import-chunk.ts';
import type { SuppressionChunk } from '../db/hot/suppression-chunk.ts';
import type { ImportRow } from '../db/imports.ts';
import { KeySet } from '../lib/key-set.ts';
import type { Reject } from './lead.ts';
import { type ReadEntry, readSuppressions, type SuppressionEntry } from './suppression-source.ts';

/** What the form of an import said, as it is stored with it. */
export interface SuppressionImportSettings {
  readonly column: string | null;
  readonly reason: string;
  readonly source: string | null;
}

export type ReadChunk = Omit<SuppressionChunk, 'importId' | 'workspaceId'>;

/**
 * Cuts a suppression list into chunks, beginning behind row `rowsDone`. Rows before it are read once more and not passed
 * on: what has been seen already decides what is a duplicate.
 */
export async function* readSuppressionChunks(row: ImportRow, file: string): AsyncGenerator<ReadChunk> {
  const settings = row.mapping as unknown as SuppressionImportSettings;
  const chunk = new EntryChunk(settings, row.rowsDone);
  for await (const { entries, bytesRead } of readSuppressions(file, row.filename ?? '', settings.column)) {
    for (const read of entries) {
      chunk.add(read);
      if (chunk.isFull) yield chunk.take(bytesRead);
    }
  }
  if (!chunk.isEmpty) yield chunk.take(row.bytesTotal);
}

class EntryChunk {
  readonly #settings: SuppressionImportSettings;
  readonly #rowsDone: number;
  readonly #seen = new KeySet();
  #entries: SuppressionEntry[] = [];
  #rejects: Reject[] = [];
  #duplicate = 0;
  #firstRow = 0;
  #lastRow = 0;

  constructor(settings: SuppressionImportSettings, rowsDone: number) {
    this.#settings = settings;
    this.#rowsDone = rowsDone;
  }

  get isEmpty(): boolean {
    return this.#firstRow === 0;
  }

  get isFull(): boolean {
    return !this.isEmpty && this.#lastRow - this.#firstRow + 1 >= IMPORT_CHUNK_ROWS;
  }

  add(read: ReadEntry): void {
    const rowNo = 'entry' in read ? read.entry.rowNo : read.reject.rowNo;
    const isNew = 'entry' in read && this.#seen.add(read.entry.key);
    if (rowNo <= this.#rowsDone) return;
    if (this.isEmpty) this.#firstRow = rowNo;
    this.#lastRow = rowNo;
    if ('reject' in read) this.#rejects.push(read.reject);
    else if (isNew) this.#entries.push(read.entry);
    else this.#duplicate++;
  }

  take(bytesDone: number): ReadChunk {
    const { reason, source } = this.#settings;
    const entries = this.#entries.map((entry) => ({
      ...entry,
      reason: entry.reason ?? reason,
      source: entry.source ?? source,
    }));
    const taken = { entries, rejects: this.#rejects, duplicate: this.#duplicate, bytesDone };
    const span = { firstRow: this.#firstRow, lastRow: this.#lastRow };
    this.#entries = [];
    this.#rejects = [];
    this.#duplicate = 0;
    this.#firstRow = 0;
    return { ...taken, ...span };
  }
}
