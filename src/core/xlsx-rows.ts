import type { Cell } from './lead.ts';
import { RowFault } from './row-fault.ts';
import type { XlsxArchive } from './xlsx-archive.ts';
import { dateOf, unescaped } from './xlsx-values.ts';
import type { Workbook } from './xlsx-workbook.ts';
import { readXml, type XmlReader } from './xml-events.ts';

export interface SheetRows {
  /** Rows that are not empty, the header first. A formula is its last result, an error nothing, a date ISO 8601. */
  readonly rows: ReadonlyArray<Cell[] | RowFault>;
  /** Characters in the rows: many cells may share one long string. */
  readonly weight: number;
  /** Of the sheet, 0 to 1. */
  readonly done: number;
}

/** Columns of Excel, A to XFD. */
const MOST_COLUMNS = 16_384;
/** Characters of a row, as of one of CSV. */
const MOST_RECORD = 1024 * 1024;

export async function* readSheetRows(archive: XlsxArchive, workbook: Workbook): AsyncGenerator<SheetRows> {
  const reader = new SheetReader(workbook);
  const size = Math.max(1, archive.sizeOf(workbook.sheet));
  let read = 0;
  for await (const characters of readXml(slices(archive.read(workbook.sheet)), reader)) {
    read += characters;
    const { rows, weight } = reader.take();
    if (rows.length > 0) yield { rows, weight, done: Math.min(1, read / size) };
  }
}

/** Small ones, so that few rows come of each. */
async function* slices(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  const length = 4096;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += length) yield piece.slice(at, at + length);
  }
}

class SheetReader implements XmlReader {
  readonly #workbook: Workbook;
  /** Columns of the header; null in front of it. What stands behind them is kept once, to be refused. */
  #width: number | null = null;
  #rows: Array<Cell[] | RowFault> = [];
  #weight = 0;
  #rowWeight = 0;
  #cells: Cell[] = [];
  #column = -1;
  #type = '';
  #style = 0;
  #text = '';
  #isValue = false;
  #phonetic = 0;

  constructor(workbook: Workbook) {
    this.#workbook = workbook;
  }

  take(): { rows: Array<Cell[] | RowFault>; weight: number } {
    const taken = { rows: this.#rows, weight: this.#weight };
    this.#rows = [];
    this.#weight = 0;
    return taken;
  }

  opened(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'row') this.#beginRow();
    else if (name === 'c') this.#beginCell(attributes);
    else if (name === 'rPh') this.#phonetic++;
    this.#isValue = name === 'v' || (name === 't' && this.#phonetic === 0);
  }

  closed(name: string): void {
    this.#isValue = false;
    if (name === 'rPh') this.#phonetic--;
    else if (name === 'c') this.#endCell();
    else if (name === 'row') this.#endRow();
  }

  text(text: string): void {
    if (this.#isValue) this.#text += text;
  }

  #beginRow(): void {
    this.#cells = [];
    this.#column = -1;
    this.#rowWeight = 0;
  }

  #beginCell({ r, t = 'n', s = '0' }: Readonly<Record<string, string>>): void {
    this.#column = r === undefined ? this.#column + 1 : columnOf(r);
    this.#type = t;
    this.#style = Number(s);
    this.#text = '';
  }

  #endCell(): void {
    const value = this.#valueOf(this.#text);
    if (value === '' || this.#column < 0 || this.#column >= MOST_COLUMNS) return;
    const place = this.#width === null ? this.#column : Math.min(this.#column, this.#width);
    while (this.#cells.length < place) this.#cells.push('');
    this.#cells[place] = value;
    this.#rowWeight += typeof value === 'string' ? value.length : 8;
  }

  #endRow(): void {
    if (this.#cells.every((cell) => typeof cell === 'string' && cell.trim() === '')) return;
    this.#width ??= this.#cells.length;
    if (this.#rowWeight > MOST_RECORD) {
      this.#rows.push(new RowFault(String(this.#cells[0]).slice(0, 320), 'the row is longer than 1 MB'));
      return;
    }
    this.#weight += this.#rowWeight;
    this.#rows.push(this.#cells);
  }

  #valueOf(text: string): Cell {
    switch (this.#type) {
      case 's':
        return this.#workbook.strings[Number(text)] ?? '';
      case 'b':
        return text.trim() === '' ? '' : text.trim() === '1' || text.trim() === 'true';
      case 'n':
        return this.#numberOf(text.trim());
      case 'e':
        return '';
      default:
        return unescaped(text); // inlineStr, str, d
    }
  }

  #numberOf(text: string): Cell {
    const number = Number(text);
    if (text === '' || !Number.isFinite(number)) return text;
    if (!this.#workbook.isDateStyle[this.#style]) return number;
    return dateOf(number, this.#workbook.since1904) ?? number;
  }
}

/** `AB12` → 27; -1 when it is no reference. */
function columnOf(reference: string): number {
  let column = 0;
  for (let i = 0; i < reference.length && i < 4; i++) {
    const letter = reference.charCodeAt(i) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column - 1;
}
