import { IMPORT_CHUNK_ROWS, type ImportedRow } from '../db/hot/import-chunk.ts';
import type { ImportRow } from '../db/imports.ts';
import type { ColumnMapping } from '../domain/lead-columns.ts';
import { AppError } from '../errors.ts';
import { KeySet } from '../lib/key-set.ts';
import { readLeads } from './import-source.ts';
import { combineLeads, type Lead, type ReadLead, type Reject, withoutEmpty } from './lead.ts';

/** Rows of a file that are committed together. */
export interface LeadChunk {
  readonly firstRow: number;
  readonly lastRow: number;
  readonly bytesDone: number;
  readonly rows: readonly ImportedRow[];
  readonly rejects: readonly Reject[];
  readonly duplicate: number;
}

type Mode = 'merge' | 'overwrite' | 'skip';

/** Characters of a file that are in memory as one chunk; 5,000 ordinary rows are a megabyte. */
const MOST_WEIGHT = 16 * 1024 * 1024;

/**
 * Cuts an upload into chunks, beginning behind row `rowsDone`. Rows before it are read once more and not passed on: who
 * has been seen already decides what is a duplicate. Throws at a fault, after what stood in front of it was passed on.
 */
export async function* readLeadChunks(row: ImportRow, file: string): AsyncGenerator<LeadChunk> {
  const chunk = new ChunkBuilder(row.mode as Mode, row.rowsDone);
  let weight = 0;
  try {
    for await (const piece of readLeads({ ...row, mapping: row.mapping as ColumnMapping | null }, file)) {
      weight += piece.weight;
      for (const lead of piece.leads) {
        chunk.add(lead);
        if (!chunk.isFull) continue;
        yield chunk.take(piece.bytesRead);
        weight = 0;
      }
      if (chunk.isEmpty) weight = 0;
      if (weight <= MOST_WEIGHT) continue;
      yield chunk.take(piece.bytesRead);
      weight = 0;
    }
  } catch (error) {
    // What was read in front of a fault of the file is kept; a fault of the disk may be over at the next try.
    if (error instanceof AppError && !chunk.isEmpty) yield chunk.take(row.bytesTotal);
    throw error;
  }
  if (!chunk.isEmpty) yield chunk.take(row.bytesTotal);
}

/** Gathers rows until there are enough of them; within a chunk every address is there once. */
class ChunkBuilder {
  readonly #mode: Mode;
  readonly #rowsDone: number;
  readonly #seen = new KeySet();
  #leads = new Map<string, Lead & { repeated: boolean }>();
  #rejects: Reject[] = [];
  #duplicate = 0;
  #firstRow = 0;
  #lastRow = 0;

  constructor(mode: Mode, rowsDone: number) {
    this.#mode = mode;
    this.#rowsDone = rowsDone;
  }

  get isEmpty(): boolean {
    return this.#firstRow === 0;
  }

  get isFull(): boolean {
    return !this.isEmpty && this.#lastRow - this.#firstRow + 1 >= IMPORT_CHUNK_ROWS;
  }

  add(read: ReadLead): void {
    const rowNo = 'lead' in read ? read.lead.rowNo : read.reject.rowNo;
    const isNew = 'lead' in read && this.#seen.add(read.lead.emailKey);
    if (rowNo <= this.#rowsDone) return;
    if (this.isEmpty) this.#firstRow = rowNo;
    this.#lastRow = rowNo;
    if ('reject' in read) this.#rejects.push(read.reject);
    else this.#addLead(read.lead, !isNew);
  }

  #addLead(lead: Lead, repeated: boolean): void {
    if (repeated) this.#duplicate++;
    const earlier = this.#leads.get(lead.emailKey);
    const combined = earlier
      ? { ...combineLeads(earlier, lead, this.#mode), repeated: earlier.repeated }
      : { ...lead, repeated };
    this.#leads.set(lead.emailKey, combined);
  }

  take(bytesDone: number): LeadChunk {
    const rows = [...this.#leads.values()].map((lead) => toRow(lead, this.#mode));
    const taken = { rows, rejects: this.#rejects, duplicate: this.#duplicate, bytesDone };
    const span = { firstRow: this.#firstRow, lastRow: this.#lastRow };
    this.#leads = new Map();
    this.#rejects = [];
    this.#duplicate = 0;
    this.#firstRow = 0;
    return { ...taken, ...span };
  }
}

/** Merge mode leaves alone what the file has nothing for. */
function toRow(lead: Lead & { repeated: boolean }, mode: Mode): ImportedRow {
  if (mode === 'overwrite') return lead;
  return {
    ...lead,
    firstName: lead.firstName || null,
    lastName: lead.lastName || null,
    name: lead.name || null,
    attributes: withoutEmpty(lead.attributes),
  };
}
