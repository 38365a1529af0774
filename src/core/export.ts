import { Readable } from 'node:stream';
import { listAttributes } from '../db/contact-attributes.ts';
import { type ExportRow, listForExport } from '../db/contact-export.ts';
import type { ContactFilter } from '../db/contact-filter.ts';
import { findListByName } from '../db/lists.ts';
import { AppError } from '../errors.ts';
import { csvLine } from '../lib/csv.ts';
import { zipStream } from '../lib/zip-stream.ts';
import type { Caller, Core } from './context.ts';
import { ExportColumns } from './export-columns.ts';
import { xlsxParts } from './export-xlsx.ts';

type ExportCore = Pick<Core, 'db'>;

const PAGE_ROWS = 1000;
/** What the columns are taken from; attributes that only older contacts have stand together in one column. */
const PAGES_LOOKED_AT = 5;

export const EXPORT_FORMATS = ['csv', 'jsonl', 'xlsx'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** The contacts of a list, by its name. The stream fails with NOT_FOUND when there is none. */
export function exportList(
  core: ExportCore,
  caller: Caller,
  { listName, format = 'csv' }: { listName: string; format?: ExportFormat },
): Readable {
  const write = async function* () {
    const list = await findListByName(core.db.sql, caller.workspaceId, listName);
    if (!list) throw new AppError('NOT_FOUND', `There is no list named "${listName}" in this workspace.`);
    yield* written(core, { workspaceId: caller.workspaceId, listId: list.id }, format);
  };
  return Readable.from(write(), { objectMode: false });
}

/**
 * Contacts as a file, newest first, page by page in the memory of a few pages. Whoever stops reading ends it: nothing more is
 * asked of the database.
 */
export function exportContacts(core: ExportCore, filter: ContactFilter, format: ExportFormat): Readable {
  return Readable.from(written(core, filter, format), { objectMode: false });
}

function written(core: ExportCore, filter: ContactFilter, format: ExportFormat): AsyncGenerator<string | Buffer> {
  switch (format) {
    case 'csv':
      return writeCsv(core, filter);
    case 'jsonl':
      return writeJsonLines(core, filter);
    case 'xlsx':
      return writeXlsx(core, filter);
  }
}

async function* pagesOf(core: ExportCore, filter: ContactFilter): AsyncGenerator<ExportRow[]> {
  for (let before: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof listForExport>> = await listForExport(core.db.sql, filter, {
      before,
      limit: PAGE_ROWS,
    });
    if (page.rows.length > 0) yield page.rows;
    if (page.next === null) return;
    before = page.next;
  }
}

/** The columns, and all pages: the first few were looked at for the names of attributes. */
async function tableOf(
  core: ExportCore,
  filter: ContactFilter,
): Promise<{ columns: ExportColumns; pages: AsyncGenerator<ExportRow[]> }> {
  const declared = await listAttributes(core.db.sql, filter.workspaceId);
  const names = new Set(declared.map(({ name }) => name));
  const pages = pagesOf(core, filter);
  const first: ExportRow[][] = [];
  while (first.length < PAGES_LOOKED_AT) {
    const { value, done } = await pages.next();
    if (done) break;
    for (const { attributes } of value) for (const name of Object.keys(attributes as object)) names.add(name);
    first.push(value);
  }
  const all = async function* () {
    yield* first.splice(0);
    yield* pages;
  };
  return { columns: new ExportColumns([...names].sort(), filter.listId !== undefined), pages: all() };
}

async function* writeCsv(core: ExportCore, filter: ContactFilter): AsyncGenerator<string> {
  const { columns, pages } = await tableOf(core, filter);
  yield csvLine(columns.header);
  for await (const rows of pages) yield rows.map((row) => csvLine(columns.cells(row))).join('');
}

async function* writeXlsx(core: ExportCore, filter: ContactFilter): AsyncGenerator<Buffer> {
  const { columns, pages } = await tableOf(core, filter);
  const rows = async function* () {
    for await (const page of pages) for (const row of page) yield columns.cells(row);
  };
  try {
    yield* zipStream(xlsxParts(columns.header, rows()));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AppError('VALIDATION', `This is too much for an XLSX file: ${error.message}. Export it as CSV or JSONL.`);
  }
}

async function* writeJsonLines(core: ExportCore, filter: ContactFilter): AsyncGenerator<string> {
  for await (const rows of pagesOf(core, filter)) yield rows.map((row) => `${JSON.stringify(jsonOf(row))}\n`).join('');
}

function jsonOf({ workspaceId: _, emailKey: __, statusInList, ...row }: ExportRow): object {
  return {
    ...row,
    status: row.suppressed === null ? 'active' : 'suppressed',
    ...(statusInList === null ? {} : { statusInList }),
  };
}
