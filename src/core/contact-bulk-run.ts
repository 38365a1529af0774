import type { ContactAction } from '../contract/contact-bulk.ts';
import {
  type ContactChunk,
  changeTags,
  deleteContacts,
  leaveList,
  listExisting,
  setAttribute,
  suppressContacts,
  unsubscribeContacts,
} from '../db/contact-changes.ts';
import type { ContactFilter } from '../db/contact-filter.ts';
import {
  advanceContactOperation,
  beginContactOperation,
  type ContactOperationRow,
  endContactOperation,
  leaveContactOperation,
  setOperationTotal,
} from '../db/contact-operations.ts';
import { countContacts, searchContacts } from '../db/contact-search.ts';
import { type Executor, inTransaction, isDatabaseAway, isRetryableConflict } from '../db/database.ts';
import { AppError } from '../errors.ts';
import type { BulkChange } from './contact-bulk.ts';
import { findDuplicates } from './contact-duplicates.ts';
import type { Caller, Core } from './context.ts';
import { excludeAllSuppressed, excludeRefused } from './exclusion.ts';
import { subscribe } from './lists.ts';

export type OperationCore = Pick<Core, 'db' | 'events' | 'log'>;

const CHUNK = 1000;
const CONFLICT_TRIES = 5;

export interface RunOptions {
  /** One chunk, and what is left is left to a worker. */
  readonly atOnce?: boolean;
  readonly stop?: AbortSignal;
}

/**
 * Works an operation off, chunk by chunk. Safe to run twice: a lease lets one at a time work on it, and each chunk is
 * committed together with how far it goes, or done again after a crash, which changes nothing.
 */
export async function runContactOperation(core: OperationCore, id: string, options: RunOptions = {}): Promise<void> {
  const row = await beginContactOperation(core.db.sql, id);
  if (!row) return;
  core.events.publish({ kind: 'contacts', id });
  const ended = await work(core, row, options).catch((error: unknown) => faultOf(core, row, error));
  if (ended) await endContactOperation(core.db.sql, id, ended.state, ended.error);
  else await leaveContactOperation(core.db.sql, id);
  core.events.publish({ kind: 'contacts', id });
}

interface Ended {
  readonly state: 'completed' | 'failed';
  readonly error: string | null;
}

/** Null: it is to go on later. */
async function work(
  core: OperationCore,
  row: ContactOperationRow,
  { atOnce, stop }: RunOptions,
): Promise<Ended | null> {
  if (row.action === 'find-duplicates') {
    if (atOnce) return null;
    return (await findDuplicates(core.db, row)) ? { state: 'completed', error: null } : null;
  }
  const operation = new BulkOperation(core, row);
  for (let total = row.total, cursor = row.cursor; !stop?.aborted; ) {
    if (total === null && !atOnce) {
      // Those who were changed may fit still, or not: only who comes is counted.
      total = row.processed + (await countContacts(core.db.sql, operation.filter, cursor));
      await setOperationTotal(core.db.sql, row.id, total);
    }
    const next = await operation.chunk(cursor);
    if (next === null) {
      await operation.settle();
      return { state: 'completed', error: null };
    }
    if (atOnce) return null;
    cursor = next;
    core.events.publish({ kind: 'contacts', id: row.id });
  }
  return null;
}

class BulkOperation {
  readonly filter: ContactFilter;
  readonly #core: OperationCore;
  readonly #id: string;
  readonly #action: ContactAction;
  readonly #change: BulkChange;
  readonly #caller: Caller;

  constructor(core: OperationCore, row: ContactOperationRow) {
    this.#core = core;
    this.#id = row.id;
    this.#action = row.action as ContactAction;
    this.#change = row.change as BulkChange;
    this.#caller = { workspaceId: row.workspaceId, role: 'editor', userId: row.requestedBy };
    this.filter = { ...(row.selection as Omit<ContactFilter, 'workspaceId'>), workspaceId: row.workspaceId };
  }

  /** Changes the next thousand that fit; null: there are no more, otherwise where to go on. */
  async chunk(cursor: string | null): Promise<string | null> {
    const { rows, next } = await searchContacts(this.#core.db.sql, this.filter, { before: cursor, limit: CHUNK });
    const ids = rows.map((row) => row.id);
    const chunk = { workspaceId: this.#caller.workspaceId, ids };
    if (ids.length === 0) {
      await advanceContactOperation(this.#core.db.sql, this.#id, { cursor: next, processed: 0, changed: 0 });
      return next;
    }
    if (this.#action === 'add-to-list') {
      const changed = await this.#subscribe(chunk);
      await advanceContactOperation(this.#core.db.sql, this.#id, { cursor: next, processed: ids.length, changed });
      return next;
    }
    const { listId } = this.#change;
    await this.#retried(() =>
      inTransaction(this.#core.db.sql, async (tx) => {
        const changed = await this.#apply(tx, chunk);
        await advanceContactOperation(tx, this.#id, { cursor: next, processed: ids.length, changed });
      }),
    );
    if (this.#action === 'unsubscribe' && listId !== undefined)
      for (const row of rows) await excludeRefused(this.#core, chunk.workspaceId, row.emailKey);
    return next;
  }

  /** What campaigns under way still have of them is taken out; the gate has refused it since the change. */
  async settle(): Promise<void> {
    if (this.#action === 'suppress' || (this.#action === 'unsubscribe' && this.#change.listId === undefined))
      await excludeAllSuppressed(this.#core, this.#caller.workspaceId);
  }

  /** By the rules of the list. Who was deleted a moment ago is left out. */
  async #subscribe(chunk: ContactChunk): Promise<number> {
    const { listId = '' } = this.#change;
    const { db } = this.#core;
    const add = async () => {
      const contactIds = await listExisting(db.sql, chunk);
      if (contactIds.length === 0) return 0;
      return (await subscribe(this.#core, this.#caller, listId, { contactIds })).subscribed;
    };
    return this.#retried(add);
  }

  async #apply(tx: Executor, chunk: ContactChunk): Promise<number> {
    const { tags = [], listId = null, attribute = { name: '', value: null } } = this.#change;
    const source = `bulk action ${this.#id}`;
    switch (this.#action) {
      case 'add-tags':
        return changeTags(tx, chunk, { add: tags });
      case 'remove-tags':
        return changeTags(tx, chunk, { remove: tags });
      case 'set-attribute':
        return setAttribute(tx, chunk, attribute);
      case 'remove-from-list':
        return leaveList(tx, chunk, listId ?? '');
      case 'delete':
        return deleteContacts(tx, chunk);
      case 'suppress':
        return suppressContacts(tx, chunk, { reason: 'manual', source });
      case 'unsubscribe': {
        const left = await unsubscribeContacts(tx, chunk, { listId, source });
        return listId === null ? suppressContacts(tx, chunk, { reason: 'unsubscribed', source }) : left;
      }
      case 'add-to-list':
        throw new Error('add-to-list goes by the rules of its list');
    }
  }

  async #retried<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        if (tries >= CONFLICT_TRIES || !isRetryableConflict(error)) throw error;
      }
    }
  }
}

/** A database that is away does not end it, it is run again. */
function faultOf(core: OperationCore, row: ContactOperationRow, error: unknown): Ended {
  if (isDatabaseAway(error)) throw error;
  const done = 'What was changed before stays.';
  if (error instanceof AppError) return { state: 'failed', error: `${error.message} ${done}` };
  core.log.error({ err: error, operationId: row.id }, 'an action on contacts failed');
  return {
    state: 'failed',
    error: `Something failed that should not have; the log has the details. ${done} Start it again: it changes only what is left.`,
  };
}
