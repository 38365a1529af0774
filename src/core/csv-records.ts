import { type CsvError, Parser } from 'csv-parse';
import { AppError } from '../errors.ts';

/** A record this long is a quote that was never closed. */
const MOST_RECORD_BYTES = 1024 * 1024;

/** csv-parse, driven by hand: so every row in front of a fault is there before the fault is told. */
class RecordParser extends Parser {
  rows: string[][] = [];

  override push(record: unknown): boolean {
    if (Array.isArray(record)) this.rows.push(record as string[]);
    return true;
  }

  takeRows(): string[][] {
    const rows = this.rows;
    this.rows = [];
    return rows;
  }
}

/**
 * Reads CSV from pieces of UTF-8 and passes records on, many at a time; the first one is the header. Throws CSV_MALFORMED
 * with row and line, after everything in front of the fault was passed on.
 */
export async function* readCsvRecords<Piece extends { text: Buffer }>(
  pieces: AsyncIterable<Piece>,
  delimiter: string,
): AsyncGenerator<{ rows: string[][]; piece: Piece | null }> {
  const parser = openParser(delimiter);
  for await (const piece of pieces) {
    const fault = await feed(parser, piece.text);
    yield { rows: parser.takeRows(), piece };
    if (fault) throw malformed(fault);
  }
  const fault = await feed(parser, null);
  yield { rows: parser.takeRows(), piece: null };
  if (fault) throw malformed(fault);
}

/** The first record of a file's beginning; null when it does not end there. */
export async function readHeader(beginning: Buffer, delimiter: string, isWhole: boolean): Promise<string[] | null> {
  const parser = openParser(delimiter);
  const fault =
    (await feed(parser, beginning)) ?? (isWhole && parser.rows.length === 0 ? await feed(parser, null) : null);
  const [header] = parser.takeRows();
  if (!header && fault) throw malformed(fault);
  return header ?? null;
}

function openParser(delimiter: string): RecordParser {
  const parser = new RecordParser({
    bom: true,
    delimiter,
    max_record_size: MOST_RECORD_BYTES,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
  } as ConstructorParameters<typeof Parser>[0]);
  parser.on('error', () => {}); // feed() answers it
  return parser;
}

function feed(parser: RecordParser, text: Buffer | null): Promise<CsvError | null> {
  return new Promise((resolve) => {
    const done = (error?: Error | null) => resolve((error as CsvError | null | undefined) ?? null);
    if (text === null) parser.end(done);
    else parser.write(text, done);
  });
}

const EXPLAINED: Readonly<Record<string, string>> = {
  CSV_INVALID_CLOSING_QUOTE:
    'something stands between a closing quote and the next delimiter; a quote inside a quoted field is written twice',
  INVALID_OPENING_QUOTE:
    'a quote stands inside a field that does not begin with one; put the field in quotes and write the quote twice',
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  CSV_MAX_RECORD_SIZE: 'a row is longer than 1 MB; a quote is probably opened and never closed',
};

function malformed(fault: CsvError): AppError {
  const { records, lines } = fault as unknown as { records?: number; lines?: number };
  const why = EXPLAINED[fault.code] ?? fault.message;
  // Records in front of the fault, less the header, plus one: the row it is in.
  const row = Math.max(records ?? 0, 0);
  return new AppError(
    'CSV_MALFORMED',
    row === 0 ? `The header row: ${why}.` : `Row ${row} (line ${lines ?? '?'} of the file): ${why}.`,
    {
      cause: fault,
    },
  );
}
