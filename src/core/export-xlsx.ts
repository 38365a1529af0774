import { plainCell } from '../lib/csv.ts';
import type { ZipEntry } from '../lib/zip-stream.ts';
import type { ExportCell } from './export-columns.ts';

/** Of a sheet and of a cell, by Excel's own limits (support.microsoft.com "Excel specifications and limits"). */
const MOST_ROWS = 1_048_576;
const MOST_CHARACTERS = 32_767;
/** A sheet that comes near what a part of an archive may hold is continued on the next one. */
const MOST_SHEET_LENGTH = 2 ** 30;
const PIECE = 64 * 1024;

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/**
 * The parts of a workbook (ECMA-376) with as many sheets as the rows need, each with the header. Texts stand in their cells,
 * not in a table of shared ones, which would have to be in memory until the end.
 */
export async function* xlsxParts(
  header: readonly string[],
  rows: AsyncIterable<readonly ExportCell[]>,
): AsyncGenerator<ZipEntry> {
  const source = new RowSource(rows);
  let sheets = 0;
  do {
    sheets++;
    yield { name: `xl/worksheets/sheet${sheets}.xml`, content: writeSheet(header, source) };
  } while (!source.isAtEnd);
  const numbers = Array.from({ length: sheets }, (_, i) => i + 1);
  yield part('xl/workbook.xml', workbook(numbers));
  yield part(
    'xl/_rels/workbook.xml.rels',
    relations(numbers.map((n) => [`rId${n}`, 'worksheet', `worksheets/sheet${n}.xml`])),
  );
  yield part('_rels/.rels', relations([['rId1', 'officeDocument', 'xl/workbook.xml']]));
  yield part('[Content_Types].xml', contentTypes(numbers));
}

/** Rows over several sheets: whoever stops in the middle leaves the rest to the next. */
class RowSource {
  readonly #rows: AsyncIterator<readonly ExportCell[]>;
  isAtEnd = false;

  constructor(rows: AsyncIterable<readonly ExportCell[]>) {
    this.#rows = rows[Symbol.asyncIterator]();
  }

  async next(): Promise<readonly ExportCell[] | null> {
    const { value, done } = await this.#rows.next();
    this.isAtEnd = done === true;
    return done ? null : value;
  }

  async close(): Promise<void> {
    await this.#rows.return?.();
  }
}

async function* writeSheet(header: readonly string[], source: RowSource): AsyncGenerator<string> {
  let text = `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>${rowXml(header)}`;
  let isOver = false;
  try {
    for (let rows = 1, length = 0; rows < MOST_ROWS && length < MOST_SHEET_LENGTH; rows++) {
      const row = await source.next();
      if (row === null) break;
      text += rowXml(row);
      if (text.length < PIECE) continue;
      length += text.length;
      yield text;
      text = '';
    }
    yield `${text}</sheetData></worksheet>`;
    isOver = true;
  } finally {
    // Whoever read it went away: nothing more is asked of the database.
    if (!isOver) await source.close();
  }
}

function rowXml(cells: readonly ExportCell[]): string {
  return `<row>${cells.map(cellXml).join('')}</row>`;
}

function cellXml(value: ExportCell): string {
  if (value === null || value === '') return '<c/>';
  if (typeof value === 'number') return `<c><v>${value}</v></c>`;
  return `<c t="inlineStr"><is><t xml:space="preserve">${escaped(plainCell(value).slice(0, MOST_CHARACTERS))}</t></is></c>`;
}

/** What XML 1.0 cannot hold is left out. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}

function part(name: string, content: string): ZipEntry {
  return {
    name,
    content: (async function* () {
      yield HEAD + content;
    })(),
  };
}

function workbook(numbers: readonly number[]): string {
  const sheets = numbers.map((n) => `<sheet name="Contacts${n === 1 ? '' : ` ${n}`}" sheetId="${n}" r:id="rId${n}"/>`);
  return `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${sheets.join('')}</sheets></workbook>`;
}

function relations(targets: ReadonlyArray<readonly [id: string, type: string, target: string]>): string {
  const all = targets.map(
    ([id, type, target]) => `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${target}"/>`,
  );
  return `<Relationships xmlns="${PACKAGE}/relationships">${all.join('')}</Relationships>`;
}

function contentTypes(numbers: readonly number[]): string {
  const sheets = numbers.map(
    (n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${TYPE}.worksheet+xml"/>`,
  );
  return `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/>${sheets.join('')}</Types>`;
}
