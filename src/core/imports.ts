import fs from 'node:fs/promises';
import path from 'node:path';
import type { Page, PageQuery } from '../contract/common.ts';
import type {
  AddressChecks,
  AddressFindings,
  ImportLeadsBody,
  ImportMode,
  ImportStatus,
  StartImportBody,
} from '../contract/imports.ts';
import {
  endImport,
  findImport,
  giveUploadBack,
  type ImportRow,
  insertImport,
  listImports,
  takeUpload,
} from '../db/imports.ts';
import { findListByName, findMissingLists, insertList } from '../db/lists.ts';
import type { ColumnMapping } from '../domain/lead-columns.ts';
import { AppError, messageOf, notFound } from '../errors.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { rowsOfPage, toPage } from './cursor.ts';
import { hint } from './hint.ts';
import { checkSource } from './import-source.ts';
import { removeSpoolFile, spool } from './spool.ts';

export type ImportCore = Pick<Core, 'db' | 'queues' | 'events' | 'log' | 'dataDir'>;

export interface ImportTarget {
  readonly listId?: string;
  readonly listName?: string;
  readonly mode?: ImportMode;
  readonly checks?: AddressChecks;
  readonly dryRun?: boolean;
  readonly consent?: string;
}

/** A file to import: an upload that was spooled, or one on this machine. */
export interface ImportFile extends ImportTarget {
  readonly id?: string;
  readonly file: string;
  readonly bytes: number;
  /** Null: one object a line, as it came with the request. */
  readonly filename: string | null;
  readonly mapping?: ColumnMapping;
  readonly rows?: number;
}

/** Contacts that came with the request. */
export async function startImportOfLeads(
  core: ImportCore,
  caller: Caller,
  body: ImportLeadsBody,
  id: string = uuid7(),
): Promise<{ importId: string }> {
  const { leads, ...target } = body;
  const { file, bytes } = await spool(core, `${uuid7()}.upload`, lines(leads));
  try {
    const source = { id, file, bytes, filename: null, rows: leads.length } as const;
    return await startImport(core, caller, { ...target, ...source });
  } catch (error) {
    await removeSpoolFile(core, file);
    throw error;
  }
}

async function* lines(leads: readonly unknown[]): AsyncGenerator<string> {
  for (let at = 0; at < leads.length; at += 1000) {
    yield leads
      .slice(at, at + 1000)
      .map((lead) => `${JSON.stringify(lead)}\n`)
      .join('');
  }
}

/** A CSV, XLSX, JSON or JSONL file on this machine: it is read where it is, and stays. */
export async function startImportFromFile(
  core: ImportCore,
  caller: Caller,
  source: ImportTarget & { readonly path: string; readonly mapping?: ColumnMapping },
): Promise<{ importId: string }> {
  const { path: given, ...target } = source;
  const file = path.resolve(given);
  const found = await fs.stat(file).catch((error: unknown) => {
    throw new AppError('VALIDATION', `${given} cannot be read: ${messageOf(error)}. Nothing was imported.`);
  });
  return startImport(core, caller, {
    ...target,
    file,
    bytes: found.size,
    filename: path.basename(file),
  });
}

/** Looks at the file's beginning while somebody is there to read the answer, and leaves the rest to a worker. */
export async function startImport(core: ImportCore, caller: Caller, source: ImportFile): Promise<{ importId: string }> {
  const { file, mapping } = source;
  const format = await checkSource({ filename: source.filename, mapping: mapping ?? null }, file);
  const listId = await resolveList(core, caller, source);
  const importId = source.id ?? uuid7();
  const made = await insertImport(core.db.sql, {
    id: importId,
    workspaceId: caller.workspaceId,
    listId,
    mode: source.mode ?? 'merge',
    dryRun: source.dryRun ?? false,
    consent: source.consent?.trim() || null,
    checks: JSON.stringify(source.checks ?? {}),
    state: 'waiting',
    // What shape the rows have; which of the two formats of a shape it is shows in the file.
    format: format === 'csv' || format === 'xlsx' ? 'csv' : 'json',
    filename: source.filename?.slice(0, 255) ?? null,
    spoolFile: file,
    mapping: mapping ? JSON.stringify(mapping) : null,
    bytesTotal: source.bytes,
    rowsTotal: source.rows ?? null,
  });
  // The same request once more, after a crash: the first upload is the one that counts.
  if (!made) await removeSpoolFile(core, file);
  await hint(core, 'leads-import', { importId });
  core.events.publish({ kind: 'import', id: importId });
  return { importId };
}

/** Imports what a dry run has looked at, or looks at it again in another way. Its upload goes over to the new import, so that it is imported once. */
export async function startAfterDryRun(
  core: ImportCore,
  caller: Caller,
  id: string,
  body: StartImportBody,
): Promise<{ importId: string }> {
  const row = await findOwn(core, caller, id);
  if (!row.dryRun || row.state !== 'completed')
    throw new AppError('IMPORT_NOT_READY', `The import ${id} is no dry run that has ended. Nothing was imported.`);
  const file = await takeUpload(core.db.sql, id);
  const found = file === null ? null : await fs.stat(file).catch(() => null);
  if (file === null || found === null)
    throw new AppError(
      'IMPORT_NOT_READY',
      'The upload of this dry run is imported already, or older than a day. Upload it again.',
    );
  const own = {
    mode: row.mode as ImportMode,
    checks: row.checks as AddressChecks,
    ...(row.consent === null ? {} : { consent: row.consent }),
  };
  const mapping = body.mapping ?? (row.mapping as ColumnMapping | null);
  try {
    const source = { ...own, ...body, file, bytes: found.size, filename: row.filename };
    return await startImport(core, caller, { ...source, ...(mapping ? { mapping } : {}) });
  } catch (error) {
    await giveUploadBack(core.db.sql, id, file);
    throw error;
  }
}

async function resolveList(core: Pick<Core, 'db'>, caller: Caller, target: ImportTarget): Promise<string | null> {
  const { listId, listName } = target;
  if (listId !== undefined && listName !== undefined)
    throw invalid('listName', 'send either listId or listName, not both');
  if (listId !== undefined) {
    const missing = await findMissingLists(core.db.sql, caller.workspaceId, [listId]);
    if (missing.length > 0) throw invalid('listId', `there is no list ${listId} in this workspace`);
    return listId;
  }
  if (listName === undefined || target.dryRun) return null;
  const name = listName.trim();
  if (name === '') throw invalid('listName', 'is empty');
  const made = await insertList(core.db.sql, { workspaceId: caller.workspaceId, name });
  return (made ?? (await findListByName(core.db.sql, caller.workspaceId, name)))?.id ?? null;
}

export async function getImport(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<ImportStatus> {
  return describeImport(await findOwn(core, caller, id));
}

/** Stops an import between two chunks. What was committed stays and is in the answer; one that has ended stays as it is. */
export async function cancelImport(
  core: Omit<ImportCore, 'queues'>,
  caller: Caller,
  id: string,
): Promise<ImportStatus> {
  const before = await findOwn(core, caller, id);
  const cancelled = await endImport(core.db.sql, id, 'cancelled');
  if (!cancelled) return getImport(core, caller, id);
  await removeSpoolFile(core, before.spoolFile);
  core.events.publish({ kind: 'import', id });
  return describeImport(cancelled);
}

export async function listImportPage(
  core: Pick<Core, 'db'>,
  caller: Caller,
  query: PageQuery,
): Promise<Page<ImportStatus>> {
  const { limit = 50 } = query;
  const rows = await listImports(core.db.sql, { workspaceId: caller.workspaceId, ...rowsOfPage(query, limit) });
  return toPage(rows, limit, (row) => row.id, describeImport);
}

async function findOwn(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<ImportRow> {
  const row = await findImport(core.db.sql, caller.workspaceId, id);
  if (!row) throw notFound('import', id);
  return row;
}

export function describeImport(row: ImportRow): ImportStatus {
  const { inserted, updated, skipped, invalid: refused, duplicate } = row;
  return {
    importId: row.id,
    state: row.state,
    progress: progressOf(row),
    total: row.rowsTotal ?? row.rowsDone,
    counts: { inserted, updated, skipped, invalid: refused, duplicate },
    target: row.target,
    mode: row.mode,
    dryRun: row.dryRun,
    startable: row.dryRun && row.state === 'completed' && row.spoolFile !== null,
    findings: row.findings as AddressFindings,
    listId: row.listId,
    filename: row.filename,
    error: row.error,
    ...(refused > 0 ? { rejectsUrl: `/api/imports/${row.id}/rejects` } : {}),
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

function progressOf({ state, bytesDone, bytesTotal }: ImportRow): number {
  if (state === 'completed') return 100;
  return bytesTotal === 0 ? 0 : Math.min(99.9, Math.floor((bytesDone / bytesTotal) * 1000) / 10);
}
