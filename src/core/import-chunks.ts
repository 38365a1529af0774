import type { AddressFindings } from '../contract/imports.ts';
import { IMPORT_CHUNK_ROWS, type ImportedRow } from '../db/hot/import-chunk.ts';
import type { ImportRow } from '../db/imports.ts';
import type { ColumnMapping } from '../domain/lead-columns.ts';
import { AppError } from '../errors.ts';
import { KeySet } from '../lib/key-set.ts';
import type { AddressInspector } from './address-checks.ts';
import type { AttributeTyping, InferredAttribute } from './attribute-typing.ts';
import { readLeads } from './import-source.ts';
import { combineLeads, Lead, type ReadLead, type Reject, withoutEmpty } from './lead.ts';

/** Rows of a file that are committed together. */
export interface LeadChunk {
  readonly firstRow: number;
  readonly lastRow: number;
  readonly bytesDone: number;
  readonly rows: readonly ImportedRow[];
  /** Attributes that nobody had declared, with the type that these rows have of them. */
  readonly inferred: readonly InferredAttribute[];
  /** What was noticed about addresses, up to here. */
  readonly findings: AddressFindings;
  readonly rejects: readonly Reject[];
  readonly duplicate: number;
}

type Mode = 'merge' | 'overwrite' | 'skip';

/** Characters of a file that are in memory as one chunk; 5,000 ordinary rows are a megabyte. */
const MOST_WEIGHT = 16 * 1024 * 1024;

/** What rows are looked at with; both know of the rows that an earlier run has read. */
export interface ChunkReader {
  readonly typing: AttributeTyping;
  readonly inspector: AddressInspector;
}

/**
 * Cuts an upload into chunks, beginning behind row `rowsDone`. Rows before it are read once more and not passed on: who
 * has been seen already decides what is a duplicate. Throws at a fault, after what stood in front of it was passed on.
 */
export async function* readLeadChunks(row: ImportRow, file: string, reader: ChunkReader): AsyncGenerator<LeadChunk> {
  const chunk = new ChunkBuilder(row.mode as Mode, row.rowsDone, reader);
  let weight = 0;
  try {
    for await (const piece of readLeads({ ...row, mapping: row.mapping as ColumnMapping | null }, file)) {
      weight += piece.weight;
      for (const lead of piece.leads) {
        chunk.add(lead);
        if (!chunk.isFull) continue;
        yield await chunk.take(piece.bytesRead);
        weight = 0;
      }
      if (chunk.isEmpty) weight = 0;
      if (weight <= MOST_WEIGHT) continue;
      yield await chunk.take(piece.bytesRead);
      weight = 0;
    }
  } catch (error) {
    // What was read in front of a fault of the file is kept; a fault of the disk may be over at the next try.
    if (error instanceof AppError && !chunk.isEmpty) yield await chunk.take(row.bytesTotal);
    throw error;
  }
  if (!chunk.isEmpty) yield await chunk.take(row.bytesTotal);
}

/** Gathers rows until there are enough of them; within a chunk every address is there once. */
class ChunkBuilder {
  readonly #mode: Mode;
  readonly #rowsDone: number;
  readonly #typing: AttributeTyping;
  readonly #inspector: AddressInspector;
  readonly #seen = new KeySet();
  #leads = new Map<string, Lead>();
  #rejects: Reject[] = [];
  #duplicate = 0;
  #firstRow = 0;
  #lastRow = 0;

  constructor(mode: Mode, rowsDone: number, { typing, inspector }: ChunkReader) {
    this.#mode = mode;
    this.#rowsDone = rowsDone;
    this.#typing = typing;
    this.#inspector = inspector;
  }

  get isEmpty(): boolean {
    return this.#firstRow === 0;
  }

  get isFull(): boolean {
    return !this.isEmpty && this.#lastRow - this.#firstRow + 1 >= IMPORT_CHUNK_ROWS;
  }

  add(read: ReadLead): void {
    const { rowNo } = read;
    if (rowNo <= this.#rowsDone) {
      if (read instanceof Lead) this.#seen.add(read.emailKey);
      return;
    }
    if (this.isEmpty) this.#firstRow = rowNo;
    this.#lastRow = rowNo;
    const refused = read instanceof Lead ? this.#inspector.inspect(read) : read;
    if (refused) this.#rejects.push(refused);
    else if (read instanceof Lead) this.#addLead(read);
  }

  #addLead(lead: Lead): void {
    lead.repeated = !this.#seen.add(lead.emailKey);
    if (lead.repeated) this.#duplicate++;
    const earlier = lead.repeated ? this.#leads.get(lead.emailKey) : undefined;
    if (earlier) combineLeads(earlier, lead, this.#mode);
    else this.#leads.set(lead.emailKey, lead);
  }

  async take(bytesDone: number): Promise<LeadChunk> {
    const leads = this.#leads;
    for (const { lead, reject } of await this.#inspector.askAboutDomains([...leads.values()])) {
      leads.delete(lead.emailKey);
      if (!lead.repeated) this.#rejects.push(reject); // as a duplicate it is counted already
    }
    const rows = [...leads.values()];
    if (this.#mode !== 'overwrite') rows.forEach(leaveWhatIsEmpty);
    const chunk = {
      rows,
      inferred: this.#typing.apply(rows),
      findings: this.#inspector.findings,
      rejects: this.#rejects,
      duplicate: this.#duplicate,
      firstRow: this.#firstRow,
      lastRow: this.#lastRow,
      bytesDone,
    };
    this.#leads = new Map();
    this.#rejects = [];
    this.#duplicate = 0;
    this.#firstRow = 0;
    return chunk;
  }
}

/** Merge mode leaves alone what the file has nothing for. */
function leaveWhatIsEmpty(lead: Lead): void {
  lead.firstName ||= null;
  lead.lastName ||= null;
  lead.name ||= null;
  lead.timeZone ||= null;
  lead.locale ||= null;
  lead.notes ||= null;
  lead.attributes = withoutEmpty(lead.attributes);
}
