import type pg from 'pg';
import type { AddressChecks, AddressFindings } from '../contract/imports.ts';
import { withAdvisoryLock } from '../db/advisory-lock.ts';
import { isAnythingSent } from '../db/campaigns.ts';
import { listAttributes } from '../db/contact-attributes.ts';
import { type Database, isDatabaseAway, isRetryableConflict } from '../db/database.ts';
import { copyTextOf, writeImportChunk } from '../db/hot/import-chunk.ts';
import { writeSuppressionChunk } from '../db/hot/suppression-chunk.ts';
import { beginImport, endImport, type ImportRow } from '../db/imports.ts';
import { AppError } from '../errors.ts';
import { CoalescedEvents } from '../events/coalesce.ts';
import type { Durations } from '../lib/durations.ts';
import { sleep } from '../lib/sleep.ts';
import { withSmallHeap } from '../lib/small-heap.ts';
import { withSpan } from '../lib/trace.ts';
import { AddressInspector } from './address-checks.ts';
import { AttributeTyping } from './attribute-typing.ts';
import type { Core } from './context.ts';
import { excludeAllSuppressed } from './exclusion.ts';
import { readLeadChunks } from './import-chunks.ts';
import { removeSpoolFile } from './spool.ts';
import { readSuppressionChunks } from './suppression-chunks.ts';

type RunCore = Pick<Core, 'db' | 'events' | 'log' | 'dataDir' | 'durations'>;

const PROGRESS_MS = 500;
const CONFLICT_TRIES = 5;
/** Of the time that a chunk took. With a half or nothing sending kept half of its rate beside an import, with all of it more than 0.8. */
const REST_SHARE = 1;

/**
 * Works an import off, chunk by chunk. Safe to run twice: a lock of the database lets one at a time work on an import, each
 * chunk is committed together with how far it goes, and a run that comes after a crash, or after `stop`, goes on behind the
 * last one.
 */
export async function runImport(core: RunCore, importId: string, stop?: AbortSignal): Promise<void> {
  await withAdvisoryLock(core.db.pool, `import ${importId}`, async (client) => {
    const row = await beginImport(core.db.sql, importId);
    if (row) await withSpan('import', { import: row.id }, () => withSmallHeap(() => work(core, client, row, stop)));
  });
}

async function work(core: RunCore, client: pg.PoolClient, row: ImportRow, stop?: AbortSignal): Promise<void> {
  const events = new CoalescedEvents((event) => core.events.publish(event), PROGRESS_MS);
  const event = { kind: 'import', id: row.id } as const;
  events.push(event);
  const goesOn = () => {
    events.push(event);
    return !stop?.aborted;
  };
  const kind = row.target === 'suppressions' ? SUPPRESSIONS : LEADS;
  const ended = await importChunks(core.db, row, kind(core.db, client, row), core.durations, goesOn).catch(
    (error: unknown) => faultOf(core, row, error),
  );
  if (!ended) return;
  // Whatever stands in the list by now binds, also after a fault.
  if (row.target === 'suppressions') await excludeAllSuppressed(core, row.workspaceId);
  await endImport(core.db.sql, row.id, ended.state, ended.error);
  if (!row.dryRun) await removeSpoolFile(core, row.spoolFile);
  core.events.publish(event);
}

interface Ended {
  readonly state: 'completed' | 'failed';
  readonly error: string | null;
}

/** What an import does with its file: chunks to read, each with what writes it. False from `write`: the import has ended. */
type ImportKind = (
  db: Database,
  client: pg.PoolClient,
  row: ImportRow,
) => (file: string) => AsyncIterable<() => Promise<boolean>>;

const LEADS: ImportKind = (db, client, row) =>
  async function* (file) {
    const { id, workspaceId, listId, mode, dryRun, consent } = row;
    const target = { importId: id, workspaceId, listId, mode: mode as 'merge' | 'overwrite' | 'skip', dryRun, consent };
    const typing = new AttributeTyping(await listAttributes(db.sql, workspaceId));
    const inspector = await AddressInspector.open(row.checks as AddressChecks, row.findings as AddressFindings);
    for await (const chunk of readLeadChunks(row, file, { typing, inspector })) {
      const ready = { ...target, ...chunk, copyText: copyTextOf(chunk.rows) };
      yield () => retried(() => writeImportChunk(client, ready));
    }
  };

const SUPPRESSIONS: ImportKind = (_db, client, row) =>
  async function* (file) {
    const target = { importId: row.id, workspaceId: row.workspaceId };
    for await (const chunk of readSuppressionChunks(row, file))
      yield () => retried(() => writeSuppressionChunk(client, { ...target, ...chunk }));
  };

/** One chunk is written while the next one is read. Null: somebody cancelled the import, or it is to go on later. */
async function importChunks(
  db: Database,
  row: ImportRow,
  read: ReturnType<ImportKind>,
  durations: Durations | null,
  goesOn: () => boolean,
): Promise<Ended | null> {
  const file = row.spoolFile;
  if (file === null) throw new AppError('VALIDATION', 'The upload of this import is gone.');
  let writing: Promise<boolean> = Promise.resolve(true);
  try {
    for await (const write of read(file)) {
      if (!(await writing) || !goesOn()) return null;
      const timed = () => (durations ? durations.time('import-chunk', write) : write());
      writing = leavingRoom(db, timed);
      writing.catch(() => {}); // met by the next await
    }
  } catch (error) {
    if (!(await writing)) return null;
    throw error;
  }
  return (await writing) ? { state: 'completed', error: null } : null;
}

/** Rests between chunks while anything is sent: both want all of the database. */
async function leavingRoom<T>(db: Database, write: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await write();
  if (await isAnythingSent(db.sql)) await sleep((performance.now() - startedAt) * REST_SHARE);
  return result;
}

async function retried(write: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      if (tries >= CONFLICT_TRIES || !isRetryableConflict(error)) throw error;
    }
  }
}

/** A fault of the file ends the import; a database that is away does not, it is run again; anything else ends it and is logged. */
function faultOf(core: RunCore, row: ImportRow, error: unknown): Ended {
  if (isDatabaseAway(error)) throw error;
  if (error instanceof AppError) return { state: 'failed', error: `${error.message} The rows before it are imported.` };
  const gone = (error as NodeJS.ErrnoException | null)?.code === 'ENOENT';
  core.log.error({ err: error, importId: row.id }, 'an import failed');
  return {
    state: 'failed',
    error: gone
      ? 'The upload is not on this machine any more. What was committed stays; import the file again.'
      : 'Something failed that should not have; the log has the details. What was committed stays; import the file again to go on.',
  };
}
