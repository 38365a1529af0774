import { detectDelimiter } from '../domain/csv-delimiter.ts';
import { type ColumnMapping, type LeadColumn, readLeadColumns } from '../domain/lead-columns.ts';
import { AppError } from '../errors.ts';
import { readHeader } from './csv-records.ts';
import { readHead } from './file-head.ts';
import { detectEncoding, type TextEncoding } from './import-text.ts';
import { RowFault } from './row-fault.ts';

export interface CsvLayout {
  readonly encoding: TextEncoding;
  readonly delimiter: string;
  readonly columns: readonly LeadColumn[];
}

const HEAD_BYTES = 64 * 1024;

/** How a CSV file is to be read; throws CSV_MALFORMED when it has no column of email addresses. */
export async function readCsvLayout(file: string, mapping: ColumnMapping | null): Promise<CsvLayout> {
  const encoding = await detectEncoding(file);
  const { bytes, isWhole } = await readHead(file, HEAD_BYTES);
  // Cut in the middle of a character it decodes to a replacement character, which is not in the header.
  const text = new TextDecoder(encoding).decode(bytes);
  const delimiter = detectDelimiter(text);
  const header = readHeader(text, delimiter, isWhole);
  if (header instanceof RowFault) throw new AppError('CSV_MALFORMED', `The header row: ${header.reason}.`);
  if (!header) throw new AppError('CSV_MALFORMED', 'The file is empty, or its header row does not end within 64 KB.');
  return { encoding, delimiter, columns: columnsOf(header, mapping) };
}

/** What the columns of a header are; throws CSV_MALFORMED when none holds email addresses. */
export function columnsOf(header: readonly string[], mapping: ColumnMapping | null): LeadColumn[] {
  checkMapping(header, mapping ?? {});
  const columns = readLeadColumns(header, mapping ?? {});
  if (columns.some((column) => column?.kind === 'email')) return columns;
  throw new AppError(
    'CSV_MALFORMED',
    `No column holds email addresses. The columns found are: ${listed(header)}. Name one of them "email", or say which it is with a mapping.`,
  );
}

/** Of a file that is no table, or a very wide one, the beginning says enough. */
function listed(header: readonly string[]): string {
  const shown = header.slice(0, 50).map((title) => JSON.stringify(title.slice(0, 100)));
  return `${shown.join(', ')}${header.length > 50 ? ` and ${header.length - 50} more` : ''}`;
}

function checkMapping(header: readonly string[], mapping: ColumnMapping): void {
  const titles = new Set(header.map((title) => title.trim()));
  const missing = Object.keys(mapping).filter((title) => !titles.has(title));
  if (missing.length === 0) return;
  const message = `names columns the file does not have: ${missing.join(', ')}. It has: ${[...titles].join(', ')}`;
  throw new AppError('VALIDATION', `mapping ${message}`, { details: [{ path: 'mapping', message }] });
}
