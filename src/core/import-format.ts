import { AppError } from '../errors.ts';
import { readHead } from './file-head.ts';
import { encodingOfHead } from './import-text.ts';

/** `json` is one array, or one object that holds one; `jsonl` an object a line. */
export type ImportFormat = 'csv' | 'jsonl' | 'json' | 'xlsx';

const HEAD_BYTES = 64 * 1024;
/** More control characters than this, of all, are no text. */
const MOST_CONTROLS = 0.05;

/** First bytes of files that people do send, and what to do about each. */
const REFUSED: ReadonlyArray<readonly [bytes: string, message: string]> = [
  ['\x1f\x8b', 'The file is compressed with gzip. Unpack it and send what is inside.'],
  ['BZh', 'The file is compressed with bzip2. Unpack it and send what is inside.'],
  ['\xfd7zXZ', 'The file is compressed with xz. Unpack it and send what is inside.'],
  ['\x28\xb5\x2f\xfd', 'The file is compressed with Zstandard. Unpack it and send what is inside.'],
  ['7z\xbc\xaf', 'The file is a 7-Zip archive. Unpack it and send what is inside.'],
  ['Rar!', 'The file is a RAR archive. Unpack it and send what is inside.'],
  [
    '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
    'The file is an Excel workbook with a password, or one of Excel 97–2003 (.xls). Save it without a password as .xlsx or as "CSV UTF-8".',
  ],
  ['%PDF', 'The file is a PDF. Send CSV, XLSX, JSON or JSONL.'],
  ['\x89PNG', 'The file is a picture. Send CSV, XLSX, JSON or JSONL.'],
  ['\xff\xd8\xff', 'The file is a picture. Send CSV, XLSX, JSON or JSONL.'],
  ['GIF8', 'The file is a picture. Send CSV, XLSX, JSON or JSONL.'],
];

/** What a file is, by its first 64 KB and, where they leave it open, its name. Throws CSV_MALFORMED for what cannot be imported. */
export async function detectFormat(file: string, filename: string): Promise<ImportFormat> {
  const { bytes, isWhole } = await readHead(file, HEAD_BYTES);
  const start = bytes.subarray(0, 8).toString('latin1');
  if (start.startsWith('PK\x03\x04') || start.startsWith('PK\x05\x06')) return 'xlsx';
  const refused = REFUSED.find(([magic]) => start.startsWith(magic));
  if (refused) throw new AppError('CSV_MALFORMED', `${refused[1]} Nothing was imported.`);
  const text = new TextDecoder(encodingOfHead(bytes) ?? 'utf-8').decode(bytes);
  refuseBinary(text);
  const named = /\.(json|jsonl|ndjson)$/i.exec(filename)?.[1]?.toLowerCase();
  if (named === undefined) return detectJson(text, isWhole) ?? 'csv';
  if (named === 'json') return detectJson(text, isWhole) ?? 'json';
  return text.trimStart().startsWith('[') ? 'json' : 'jsonl';
}

function refuseBinary(text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is counted
  const controls = text.match(/[\0-\x08\x0e-\x1a\x1c-\x1f]/g)?.length ?? 0;
  if (controls <= text.length * MOST_CONTROLS) return;
  throw new AppError('CSV_MALFORMED', 'The file is not text. Send CSV, XLSX, JSON or JSONL. Nothing was imported.');
}

/** Null: it does not begin as JSON does. */
function detectJson(text: string, isWhole: boolean): 'json' | 'jsonl' | null {
  if (/^\s*\[\s*(?:[[{\]"\d-]|true|false|null|$)/.test(text)) return 'json';
  if (!/^\s*\{\s*(?:["}]|$)/.test(text)) return null;
  const [first = '', ...others] = text.trimStart().split(/[\r\n]+/);
  const isOneLine = isWhole && others.every((line) => line.trim() === '');
  // A line that is cut off at the end of the head: only a document has one so long.
  if (others.length === 0 && !isOneLine) return 'json';
  const value = parsed(first);
  if (value === undefined) return others.some((line) => /^\{\s*"/.test(line)) ? 'jsonl' : 'json';
  return isOneLine && holdsArray(value) ? 'json' : 'jsonl';
}

function holdsArray(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || 'email' in value) return false;
  return Object.values(value).some(Array.isArray);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
