import type { ColumnMapping, LeadColumn } from '../domain/lead-columns.ts';
import { LeadKeys } from '../domain/lead-keys.ts';
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
  if (format === 'json') await readFirst(jsonItems(info, file, format));
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
      return yield* readJson(info, jsonItems(info, file, 'json'));
    case 'jsonl':
      return yield* readJson(info, jsonItems(info, file, 'jsonl'));
  }
}

async function* jsonItems(
  { filename }: SourceInfo,
  file: string,
  format: 'json' | 'jsonl',
): AsyncGenerator<{ items: readonly JsonItem[]; bytesRead: number }> {
  const encoding = filename === null ? 'utf-8' : await detectEncoding(file);
  yield* format === 'json' ? readJsonArray(readText(file, encoding)) : readJsonLines(readText(file, encoding));
}

export interface TableHead {
  readonly format: ImportFormat;
  readonly header: readonly string[];
  /** Rows that can be read; of JSON, the values of the header's names. */
  readonly rows: ReadonlyArray<readonly Cell[]>;
}

/** The first rows of a file, as cells. Throws CSV_MALFORMED as `checkSource` does. */
export async function readTableHead(
  info: SourceInfo & { bytesTotal: number },
  file: string,
  count: number,
): Promise<TableHead> {
  const format = await formatOf(info, file);
  if (format === 'json' || format === 'jsonl') {
    const objects = await firstRows(jsonItems(info, file, format), count, ({ items }) => items);
    return { format, ...tableOf(objects.map((item) => item.value)) };
  }
  const [header = [], ...rows] =
    format === 'csv'
      ? await firstRows(await csvRecords(info, file), count + 1, ({ records }) => records)
      : await firstRows(sheetRows(file), count + 1, ({ rows }) => rows);
  return { format, header: header.map(String), rows };
}

async function firstRows<Piece, Row>(
  pieces: AsyncIterable<Piece>,
  count: number,
  rowsOf: (piece: Piece) => ReadonlyArray<Row | RowFault>,
): Promise<Array<Exclude<Row, RowFault>>> {
  const found: Array<Exclude<Row, RowFault>> = [];
  for await (const piece of pieces) {
    for (const row of rowsOf(piece)) if (!(row instanceof RowFault)) found.push(row as Exclude<Row, RowFault>);
    if (found.length >= count) break;
  }
  return found.slice(0, count);
}

/** Objects as a table with a column for every name. */
function tableOf(objects: readonly unknown[]): Pick<TableHead, 'header' | 'rows'> {
  const people = objects.filter(
    (value): value is Record<string, unknown> => typeof value === 'object' && value !== null,
  );
  const header = [...new Set(people.flatMap((person) => Object.keys(person)))];
  return { header, rows: people.map((person) => header.map((name) => cellOf(person[name]))) };
}

function cellOf(value: unknown): Cell {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : (value as Cell);
}

async function formatOf({ filename }: SourceInfo, file: string): Promise<ImportFormat> {
  return filename === null ? 'jsonl' : detectFormat(file, filename);
}

async function csvRecords({ mapping }: SourceInfo, file: string) {
  const { encoding, delimiter } = await readCsvLayout(file, mapping);
  return readCsvRecords(readText(file, encoding), delimiter);
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
  const table = new Table();
  let isHeader = true;
  for await (const { rows, weight, done } of sheetRows(file)) {
    if (isHeader) table.columns = sheetColumns(rows[0], mapping);
    const leads = table.read(isHeader ? rows.slice(1) : rows);
    isHeader = false;
    yield { leads, bytesRead: Math.floor(done * bytesTotal), weight };
  }
  if (isHeader) throw new AppError('CSV_MALFORMED', 'The first sheet of the file is empty. Nothing was imported.');
}

async function* sheetRows(file: string): AsyncGenerator<SheetRows> {
  const archive = await XlsxArchive.open(file);
  try {
    yield* readSheetRows(archive, await readWorkbook(archive));
  } finally {
    archive.close();
  }
}

function sheetColumns(header: SheetRows['rows'][number] | undefined, mapping: ColumnMapping | null) {
  if (Array.isArray(header)) return columnsOf(header.map(String), mapping);
  throw new AppError('CSV_MALFORMED', `The header row: ${header?.reason ?? 'it is empty'}.`);
}

async function* readJson(
  { mapping }: SourceInfo,
  source: AsyncIterable<{ items: readonly JsonItem[]; bytesRead: number }>,
): AsyncGenerator<LeadPiece> {
  const keys = new LeadKeys(mapping);
  let rowNo = 0;
  let before = 0;
  function* read(items: readonly JsonItem[]): Generator<ReadLead> {
    for (const item of items) {
      rowNo++;
      yield item instanceof RowFault ? leadFromFault(rowNo, item) : leadFromObject(rowNo, item.value, keys);
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
