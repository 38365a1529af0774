import type { ColumnMapping, LeadColumn } from '../domain/lead-columns.ts';
import { AppError } from '../errors.ts';
import { readCsvRecords } from './csv-records.ts';
import { detectFormat, type ImportFormat } from './import-format.ts';
import { columnsOf, readCsvLayout } from './import-layout.ts';
import { detectEncoding, readText } from './import-text.ts';
import { readJsonArray } from './json-array.ts';
import type { JsonItem } from './json-item.ts';
import { readJsonLines } from './json-lines.ts';
import { type Cell, leadFromCells, leadFromFault, leadFromObject, type ReadLead } from './lead.ts';
import { RowFault } from './row-fault.ts';
import { XlsxArchive } from './xlsx-archive.ts';
import { readSheetRows, type SheetRows } from './xlsx-rows.ts';
import { readWorkbook } from './xlsx-workbook.ts';

/** What is known of a file beside its content. */
export interface SourceInfo {
  /** Null: the contacts of a request, one object a line. */
  readonly filename: string | null;
  readonly mapping: ColumnMapping | null;
}

export interface LeadPiece {
  readonly leads: Iterable<ReadLead>;
  readonly bytesRead: number;
  /** Characters that these leads hold, about. */
  readonly weight: number;
}

/** Looks at the beginning of a file; throws CSV_MALFORMED when it cannot be imported. */
export async function checkSource(info: SourceInfo, file: string): Promise<ImportFormat> {
  const format = await formatOf(info, file);
  if (format === 'csv') await readCsvLayout(file, info.mapping);
  if (format === 'xlsx') await readFirst(readXlsx({ ...info, bytesTotal: 0 }, file));
  if (format === 'json') await readFirst(readJsonArray(readText(file, await detectEncoding(file))));
  return format;
}

/** A fault is told behind the piece it is in. */
async function readFirst(pieces: AsyncIterable<unknown>): Promise<void> {
  let read = 0;
  for await (const _ of pieces) if (++read === 2) return;
}

/** Every row of a file in its order, as a lead or a reject, counted from 1. Throws CSV_MALFORMED where it cannot go on. */
export async function* readLeads(info: SourceInfo & { bytesTotal: number }, file: string): AsyncGenerator<LeadPiece> {
  switch (await formatOf(info, file)) {
    case 'csv':
      return yield* readCsv(info, file);
    case 'xlsx':
      return yield* readXlsx(info, file);
    case 'json':
      return yield* readJson(readJsonArray(readText(file, await detectEncoding(file))));
    case 'jsonl': {
      const encoding = info.filename === null ? 'utf-8' : await detectEncoding(file);
      return yield* readJson(readJsonLines(readText(file, encoding)));
    }
  }
}

async function formatOf({ filename }: SourceInfo, file: string): Promise<ImportFormat> {
  return filename === null ? 'jsonl' : detectFormat(file, filename);
}

async function* readCsv({ mapping }: SourceInfo, file: string): AsyncGenerator<LeadPiece> {
  const { encoding, delimiter, columns } = await readCsvLayout(file, mapping);
  const table = new Table();
  table.columns = columns;
  let isHeader = true;
  let before = 0;
  for await (const { records, bytesRead } of readCsvRecords(readText(file, encoding), delimiter)) {
    const rows = isHeader ? records.slice(1) : records;
    if (records.length > 0) isHeader = false;
    yield { leads: table.read(rows), bytesRead, weight: bytesRead - before };
    before = bytesRead;
  }
}

async function* readXlsx(
  { mapping, bytesTotal }: SourceInfo & { bytesTotal: number },
  file: string,
): AsyncGenerator<LeadPiece> {
  const archive = await XlsxArchive.open(file);
  try {
    const table = new Table();
    let isHeader = true;
    for await (const { rows, weight, done } of readSheetRows(archive, await readWorkbook(archive))) {
      if (isHeader) table.columns = sheetColumns(rows[0], mapping);
      const leads = table.read(isHeader ? rows.slice(1) : rows);
      isHeader = false;
      yield { leads, bytesRead: Math.floor(done * bytesTotal), weight };
    }
    if (isHeader) throw new AppError('CSV_MALFORMED', 'The first sheet of the file is empty. Nothing was imported.');
  } finally {
    archive.close();
  }
}

function sheetColumns(header: SheetRows['rows'][number] | undefined, mapping: ColumnMapping | null) {
  if (Array.isArray(header)) return columnsOf(header.map(String), mapping);
  throw new AppError('CSV_MALFORMED', `The header row: ${header?.reason ?? 'it is empty'}.`);
}

async function* readJson(
  source: AsyncIterable<{ items: readonly JsonItem[]; bytesRead: number }>,
): AsyncGenerator<LeadPiece> {
  let rowNo = 0;
  let before = 0;
  function* read(items: readonly JsonItem[]): Generator<ReadLead> {
    for (const item of items) {
      rowNo++;
      yield item instanceof RowFault ? leadFromFault(rowNo, item) : leadFromObject(rowNo, item.value);
    }
  }
  for await (const { items, bytesRead } of source) {
    yield { leads: read(items), bytesRead, weight: bytesRead - before };
    before = bytesRead;
  }
}

/** Rows below a header. */
class Table {
  columns: readonly LeadColumn[] = [];
  #rowNo = 0;

  *read(rows: ReadonlyArray<readonly Cell[] | RowFault>): Generator<ReadLead> {
    for (const row of rows) {
      const rowNo = ++this.#rowNo;
      yield row instanceof RowFault ? leadFromFault(rowNo, row) : leadFromCells(rowNo, row, this.columns);
    }
  }
}
