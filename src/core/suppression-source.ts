import { SUPPRESSION_REASONS } from '../contract/suppressions.ts';
import { detectDelimiter } from '../domain/csv-delimiter.ts';
import { parseSuppression, type SuppressionKind } from '../domain/suppression-key.ts';
import { AppError } from '../errors.ts';
import { type CsvRecord, readCsvRecords, readHeader } from './csv-records.ts';
import { readHead } from './file-head.ts';
import { detectFormat } from './import-format.ts';
import { detectEncoding, readText } from './import-text.ts';
import { readJsonArray } from './json-array.ts';
import type { JsonItem } from './json-item.ts';
import { readJsonLines } from './json-lines.ts';
import type { Reject } from './lead.ts';
import { RowFault } from './row-fault.ts';

/** One line of a suppression list, checked. */
export interface SuppressionEntry {
  readonly rowNo: number;
  readonly kind: SuppressionKind;
  readonly shown: string;
  readonly key: string;
  /** Of the line itself; null: that of the import. */
  readonly reason: string | null;
  readonly source: string | null;
  readonly expiresAt: Date | null;
}

export type ReadEntry = { readonly entry: SuppressionEntry } | { readonly reject: Reject };

export interface EntryPiece {
  readonly entries: Iterable<ReadEntry>;
  readonly bytesRead: number;
}

/** Titles of columns that hold what is suppressed, in lower case; ours is the first. */
const TITLES = [
  'value',
  'email',
  'email address',
  'e-mail',
  'emailaddress',
  'address',
  'domain',
  'hash',
  'md5',
  'sha256',
];
export const EXPORT_COLUMNS = ['value', 'kind', 'reason', 'source', 'expires_at', 'created_at'];
const EXPORT_TITLES = EXPORT_COLUMNS.join();
const HEAD_BYTES = 64 * 1024;
const MOST_SHOWN = 320;

/** Looks at the beginning of a file; throws CSV_MALFORMED when nothing in it can be a suppression list. */
export async function checkSuppressionFile(file: string, filename: string, column: string | null): Promise<void> {
  const format = await detectFormat(file, filename);
  if (format === 'xlsx')
    throw new AppError(
      'CSV_MALFORMED',
      'A suppression list is CSV, text with one entry a line, or JSONL. Save the sheet as "CSV UTF-8".',
    );
  if (format === 'csv') await layoutOf(file, column);
}

/** Every line of a file in its order, counted from 1 without the header. */
export async function* readSuppressions(
  file: string,
  filename: string,
  column: string | null,
): AsyncGenerator<EntryPiece> {
  const format = await detectFormat(file, filename);
  if (format === 'csv') return yield* readTable(file, column);
  const text = readText(file, await detectEncoding(file));
  yield* readJson(format === 'json' ? readJsonArray(text) : readJsonLines(text), column);
}

interface Layout {
  readonly delimiter: string;
  readonly hasHeader: boolean;
  readonly at: number;
  readonly titles: readonly string[];
}

async function layoutOf(file: string, column: string | null): Promise<Layout> {
  const { bytes, isWhole } = await readHead(file, HEAD_BYTES);
  const text = new TextDecoder(await detectEncoding(file)).decode(bytes);
  const delimiter = detectDelimiter(text);
  const first = readHeader(text, delimiter, isWhole);
  if (first === null || first instanceof RowFault)
    throw new AppError('CSV_MALFORMED', 'The file is empty, or its first line cannot be read. Nothing was imported.');
  const bare = column === null ? first.findIndex((cell) => parseSuppression(cell).ok) : -1;
  if (bare >= 0) return { delimiter, hasHeader: false, at: bare, titles: [] };
  const titles = first.map((title) => title.trim().toLowerCase());
  return { delimiter, hasHeader: true, at: columnOf(titles, column), titles };
}

function columnOf(titles: readonly string[], column: string | null): number {
  const wanted = column === null ? TITLES : [column.trim().toLowerCase()];
  const at = wanted.map((title) => titles.indexOf(title)).find((index) => index >= 0);
  if (at !== undefined) return at;
  if (column === null && titles.length === 1) return 0;
  const found = titles.slice(0, 50).map((title) => JSON.stringify(title.slice(0, 100)));
  throw new AppError(
    'CSV_MALFORMED',
    `No column holds what is to be suppressed. The columns found are: ${found.join(', ')}. Name one of them in the field "column".`,
  );
}

async function* readTable(file: string, column: string | null): AsyncGenerator<EntryPiece> {
  const layout = await layoutOf(file, column);
  let isHeader = layout.hasHeader;
  let rowNo = 0;
  const isOurs = layout.titles.join() === EXPORT_TITLES;
  // Our own export puts an apostrophe in front of what a spreadsheet would run.
  const unguarded = (text: string) => (isOurs ? text.replace(/^'(?=[=+\-@])/, '') : text);
  function* read(records: readonly CsvRecord[]): Generator<ReadEntry> {
    for (const record of records) {
      rowNo++;
      if (record instanceof RowFault) yield refused(rowNo, record.text, record.reason);
      else yield entryOf(rowNo, unguarded(record[layout.at] ?? ''), (title) => record[layout.titles.indexOf(title)]);
    }
  }
  for await (const { records, bytesRead } of readCsvRecords(
    readText(file, await detectEncoding(file)),
    layout.delimiter,
  )) {
    const rows = isHeader ? records.slice(1) : records;
    if (records.length > 0) isHeader = false;
    yield { entries: read(rows), bytesRead };
  }
}

async function* readJson(
  source: AsyncIterable<{ items: readonly JsonItem[]; bytesRead: number }>,
  column: string | null,
): AsyncGenerator<EntryPiece> {
  let rowNo = 0;
  function* read(items: readonly JsonItem[]): Generator<ReadEntry> {
    for (const item of items) {
      rowNo++;
      yield item instanceof RowFault ? refused(rowNo, item.text, item.reason) : entryOfJson(rowNo, item.value, column);
    }
  }
  for await (const { items, bytesRead } of source) yield { entries: read(items), bytesRead };
}

/** A string, or an object that names it. */
function entryOfJson(rowNo: number, value: unknown, column: string | null): ReadEntry {
  if (typeof value === 'string') return entryOf(rowNo, value, () => undefined);
  if (typeof value !== 'object' || value === null)
    return refused(rowNo, JSON.stringify(value), 'it is neither text nor an object');
  const fields = new Map(Object.entries(value).map(([title, cell]) => [title.toLowerCase(), textOf(cell)]));
  const wanted = column === null ? TITLES : [column.toLowerCase()];
  const found = wanted.find((title) => fields.get(title));
  if (found === undefined)
    return refused(rowNo, JSON.stringify(value), `it has none of the fields ${wanted.join(', ')}`);
  return entryOf(rowNo, fields.get(found) ?? '', (title) => fields.get(title));
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function entryOf(rowNo: number, text: string, cell: (title: string) => string | undefined): ReadEntry {
  const parsed = parseSuppression(text);
  if (!parsed.ok) return refused(rowNo, text, parsed.reason);
  const expires = cell('expires_at')?.trim() ?? '';
  const expiresAt = expires === '' ? null : new Date(expires);
  if (expiresAt && !(expiresAt.getTime() > Date.now()))
    return refused(rowNo, text, `expires_at "${expires.slice(0, 40)}" is over, or no time`);
  const { kind, shown, key } = parsed;
  const reason = SUPPRESSION_REASONS.find((known) => known === cell('reason')?.trim()) ?? null;
  const source = cell('source')?.trim().slice(0, 300) || null;
  return { entry: { rowNo, kind, shown, key, reason, source, expiresAt } };
}

function refused(rowNo: number, text: string, reason: string): ReadEntry {
  return { reject: { rowNo, field: null, value: text.slice(0, MOST_SHOWN), reason } };
}
