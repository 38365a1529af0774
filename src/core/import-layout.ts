import fs from 'node:fs/promises';
import { detectDelimiter } from '../domain/csv-delimiter.ts';
import { type ColumnMapping, type LeadColumn, readLeadColumns } from '../domain/lead-columns.ts';
import { AppError } from '../errors.ts';
import { readHeader } from './csv-records.ts';
import { detectEncoding, type TextEncoding } from './import-text.ts';

export interface CsvLayout {
  readonly encoding: TextEncoding;
  readonly delimiter: string;
  readonly header: readonly string[];
  readonly columns: readonly LeadColumn[];
}

const HEAD_BYTES = 64 * 1024;

/** How a CSV file is to be read; throws CSV_MALFORMED when it has no column of email addresses. */
export async function readCsvLayout(file: string, mapping: ColumnMapping | null): Promise<CsvLayout> {
  const encoding = await detectEncoding(file);
  const head = await readHead(file);
  // Cut in the middle of a character it decodes to a replacement character, which is not in the header.
  const text = new TextDecoder(encoding).decode(head);
  const delimiter = detectDelimiter(text);
  const header = await readHeader(Buffer.from(text), delimiter, head.length < HEAD_BYTES);
  if (!header) throw new AppError('CSV_MALFORMED', 'The file is empty, or its header row does not end within 64 KB.');
  checkMapping(header, mapping ?? {});
  const columns = readLeadColumns(header, mapping ?? {});
  if (!columns.some((column) => column?.kind === 'email')) {
    throw new AppError(
      'CSV_MALFORMED',
      `No column holds email addresses. The columns found are: ${header.map((title) => JSON.stringify(title)).join(', ')}. Name one of them "email", or say which it is with a mapping.`,
    );
  }
  return { encoding, delimiter, header, columns };
}

function checkMapping(header: readonly string[], mapping: ColumnMapping): void {
  const titles = new Set(header.map((title) => title.trim()));
  const missing = Object.keys(mapping).filter((title) => !titles.has(title));
  if (missing.length === 0) return;
  const message = `names columns the file does not have: ${missing.join(', ')}. It has: ${[...titles].join(', ')}`;
  throw new AppError('VALIDATION', `mapping ${message}`, { details: [{ path: 'mapping', message }] });
}

async function readHead(file: string): Promise<Buffer> {
  const handle = await fs.open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
