import path from 'node:path/posix';
import { AppError } from '../errors.ts';
import type { XlsxArchive } from './xlsx-archive.ts';
import { isDateFormat, unescaped } from './xlsx-values.ts';
import { readWholeXml } from './xml-events.ts';

/** What reading a sheet takes beside the sheet. ECMA-376 part 1, sections 18.2, 18.4 and 18.8. */
export interface Workbook {
  /** The part of the first worksheet. */
  readonly sheet: string;
  readonly strings: readonly string[];
  /** Whether a cell's style shows a number as a date. */
  readonly isDateStyle: readonly boolean[];
  /** Dates count from 1904, as old Excel for Mac had it. */
  readonly since1904: boolean;
}

interface Relation {
  readonly type: string;
  readonly part: string;
}

/** Throws CSV_MALFORMED when the archive is none. */
export async function readWorkbook(archive: XlsxArchive): Promise<Workbook> {
  const root = [...(await readRelations(archive, '')).values()];
  const workbook = root.find(({ type }) => type.endsWith('/officeDocument'))?.part;
  if (!workbook?.endsWith('.xml') || !archive.has(workbook)) {
    throw new AppError(
      'CSV_MALFORMED',
      'The file is a ZIP archive and no XLSX workbook. Unpack it and send the CSV, XLSX, JSON or JSONL file inside. Nothing was imported.',
    );
  }
  const relations = await readRelations(archive, workbook);
  const { sheets, since1904 } = await readSheets(archive, workbook);
  const sheet = sheets.map((id) => relations.get(id)).find((found) => found?.type.endsWith('/worksheet'))?.part;
  if (!sheet || !archive.has(sheet)) {
    throw new AppError(
      'CSV_MALFORMED',
      'The file has no worksheet that can be read. Save it as .xlsx or as "CSV UTF-8".',
    );
  }
  const partOf = (type: string) => [...relations.values()].find((found) => found.type.endsWith(type))?.part ?? '';
  return {
    sheet,
    strings: await readStrings(archive, partOf('/sharedStrings')),
    isDateStyle: await readDateStyles(archive, partOf('/styles')),
    since1904,
  };
}

/** What a part refers to, by id. */
async function readRelations(archive: XlsxArchive, part: string): Promise<Map<string, Relation>> {
  const folder = path.dirname(part);
  const relations = new Map<string, Relation>();
  await readWholeXml(archive.read(path.join(folder, '_rels', `${path.basename(part)}.rels`)), {
    opened(name, { Id, Type = '', Target = '' }) {
      if (name !== 'Relationship' || Id === undefined) return;
      relations.set(Id, { type: Type, part: path.join('/', folder, rooted(Target, folder)).slice(1) });
    },
    closed() {},
    text() {},
  });
  return relations;
}

/** A target that begins with a slash counts from the archive's root. */
function rooted(target: string, folder: string): string {
  return target.startsWith('/') ? path.relative(path.join('/', folder), target) : target;
}

async function readSheets(archive: XlsxArchive, part: string): Promise<{ sheets: string[]; since1904: boolean }> {
  const sheets: string[] = [];
  let since1904 = false;
  await readWholeXml(archive.read(part), {
    opened(name, attributes) {
      if (name === 'sheet' && attributes.id !== undefined) sheets.push(attributes.id);
      if (name === 'workbookPr') since1904 = attributes.date1904 === '1' || attributes.date1904 === 'true';
    },
    closed() {},
    text() {},
  });
  return { sheets, since1904 };
}

/** Of text in several formats the formats are left out; what stands above Japanese text to say how it is read, too. */
async function readStrings(archive: XlsxArchive, part: string): Promise<string[]> {
  const strings: string[] = [];
  let string = '';
  let isText = false;
  let phonetic = 0;
  await readWholeXml(archive.read(part), {
    opened(name) {
      if (name === 'si') string = '';
      else if (name === 'rPh') phonetic++;
      isText = name === 't' && phonetic === 0;
    },
    closed(name) {
      isText = false;
      if (name === 'rPh') phonetic--;
      if (name === 'si') strings.push(unescaped(string));
    },
    text(text) {
      if (isText) string += text;
    },
  });
  return strings;
}

async function readDateStyles(archive: XlsxArchive, part: string): Promise<boolean[]> {
  const codes = new Map<number, string>();
  const styles: boolean[] = [];
  let isCellFormats = false;
  await readWholeXml(archive.read(part), {
    opened(name, { numFmtId, formatCode }) {
      if (name === 'cellXfs') isCellFormats = true;
      else if (name === 'numFmt' && formatCode !== undefined) codes.set(Number(numFmtId), formatCode);
      else if (name === 'xf' && isCellFormats) styles.push(isDateFormat(Number(numFmtId ?? 0), codes));
    },
    closed(name) {
      if (name === 'cellXfs') isCellFormats = false;
    },
    text() {},
  });
  return styles;
}
