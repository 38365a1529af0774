import type { Page, PageQuery } from '../contract/common.ts';
import type { Contact } from '../contract/contacts.ts';
import type { NewSegment, Segment, SegmentChange, SegmentFilter } from '../contract/segments.ts';
import { findContacts } from '../db/contacts.ts';
import { inTransaction, violatedConstraint } from '../db/database.ts';
import {
  deleteSegment,
  findSegment,
  insertSegment,
  listCampaignsUsing,
  listSegments,
  type SegmentRow,
  updateSegment,
} from '../db/segments.ts';
import { listSeriesUsing } from '../db/series.ts';
import { walkContacts } from '../db/walk-contacts.ts';
import { AppError, messageOf, notFound } from '../errors.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { describeContacts } from './contacts.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { decodeCursor, encodeCursor, rowsOfPage, toPage } from './cursor.ts';
import { checkFilter, checkReferences, conditionsOf, filterWords } from './segment-filters.ts';

type SegmentCore = Pick<Core, 'db'>;

/** How long a page of contacts is looked for before it is answered with what was found by then. */
const PAGE_MS = 500;

export async function createSegment(
  core: SegmentCore,
  caller: Caller,
  body: NewSegment,
  id: string = uuid7(),
): Promise<Segment> {
  const { workspaceId } = caller;
  const name = readName(body.name);
  await check(core, workspaceId, body.filter);
  const row = await insertSegment(core.db.sql, { id, workspaceId, name, filter: body.filter });
  if (row) return show(core, row);
  // A request that is repeated after a crash made it the first time.
  const made = await findSegment(core.db.sql, workspaceId, id);
  if (!made) throw taken(name);
  return show(core, made);
}

export async function getSegment(core: SegmentCore, caller: Caller, id: string): Promise<Segment> {
  return show(core, await getSegmentRow(core, caller, id));
}

export async function getSegmentRow(core: SegmentCore, caller: Caller, id: string): Promise<SegmentRow> {
  const row = await findSegment(core.db.sql, caller.workspaceId, id);
  if (!row) throw notFound('segment', id);
  return row;
}

export async function listSegmentPage(core: SegmentCore, caller: Caller, query: PageQuery): Promise<Page<Segment>> {
  const { limit = 50 } = query;
  const rows = await listSegments(core.db.sql, { workspaceId: caller.workspaceId, ...rowsOfPage(query, limit) });
  const { items, nextCursor } = toPage(
    rows,
    limit,
    (row) => row.id,
    (row) => row,
  );
  return { items: await Promise.all(items.map((row) => show(core, row))), nextCursor };
}

/** What campaigns keep since their launch does not change. */
export async function changeSegment(
  core: SegmentCore,
  caller: Caller,
  id: string,
  body: SegmentChange,
): Promise<Segment> {
  const { workspaceId } = caller;
  const { filter } = body;
  const name = body.name === undefined ? undefined : readName(body.name);
  if (filter) await check(core, workspaceId, filter);
  const change = { ...(name === undefined ? {} : { name }), ...(filter ? { filter } : {}) };
  const row = await updateSegment(core.db.sql, workspaceId, id, change).catch((error: unknown) => {
    throw violatedConstraint(error) ? taken(name ?? '') : error;
  });
  if (!row) throw notFound('segment', id);
  return show(core, row);
}

/** Refused while a draft, a scheduled campaign or a series names it. */
export async function removeSegment(core: SegmentCore, caller: Caller, id: string): Promise<void> {
  const { workspaceId } = caller;
  await inTransaction(core.db.sql, async (tx) => {
    // First of all: a draft that is being stored holds the segment, and is waited for.
    if (!(await deleteSegment(tx, workspaceId, id))) throw notFound('segment', id);
    const users = await listCampaignsUsing(tx, workspaceId, id);
    const series = await listSeriesUsing(tx, workspaceId, id);
    if (users.length + series.length === 0) return;
    const named = [
      ...users.map(({ name, state }) => `"${name}" (${state === 'draft' ? 'a draft' : 'scheduled'})`),
      ...series.map(({ name }) => `"${name}" (a series)`),
    ];
    throw new AppError(
      'SEGMENT_IN_USE',
      `The segment is the audience of ${named.join(', ')}. Nothing was deleted: give them another audience, or delete them first.`,
      {
        details: [
          ...users.map((campaign) => ({ path: 'id', message: `campaign ${campaign.id}: ${campaign.name}` })),
          ...series.map((each) => ({ path: 'id', message: `series ${each.id}: ${each.name}` })),
        ],
      },
    );
  });
}

/**
 * Those in it, newest first. Of a segment with few contacts in a large workspace a page may hold fewer than asked for, or none, and
 * still have a next one: no page looks further than it is worth.
 */
export async function listSegmentContacts(
  core: SegmentCore,
  caller: Caller,
  id: string,
  query: Pick<PageQuery, 'limit' | 'cursor'>,
): Promise<Page<Contact>> {
  const { filter } = await getSegmentRow(core, caller, id);
  return listFilterContacts(core, caller, filter, query);
}

/** The same for a filter that is still being written. */
export async function listFilterContacts(
  core: SegmentCore,
  caller: Caller,
  filter: unknown,
  { limit = 50, cursor }: Pick<PageQuery, 'limit' | 'cursor'>,
): Promise<Page<Contact>> {
  const { workspaceId } = caller;
  const checked = await checkFilter(core.db.sql, workspaceId, filter);
  const { each } = await conditionsOf(core.db.sql, workspaceId, checked);
  const from = cursor === undefined ? null : decodeCursor(cursor, 'string');
  const walked = await walkContacts(core.db.pool, { condition: each, order: 'desc', from, limit, budgetMs: PAGE_MS });
  const rows = await findContacts(core.db.sql, workspaceId, walked.ids);
  return {
    items: await describeContacts(core, workspaceId, newestFirst(rows)),
    nextCursor: walked.isDone || walked.cursor === null ? null : encodeCursor(walked.cursor),
  };
}

const newestFirst = <Row extends { readonly id: string }>(rows: readonly Row[]) =>
  [...rows].sort((a, b) => (a.id < b.id ? 1 : -1));

async function check(core: SegmentCore, workspaceId: string, filter: SegmentFilter): Promise<void> {
  const checked = await checkFilter(core.db.sql, workspaceId, filter);
  await checkReferences(core.db.sql, workspaceId, checked);
}

async function show(core: SegmentCore, row: SegmentRow): Promise<Segment> {
  return {
    id: row.id,
    name: row.name,
    filter: row.filter as SegmentFilter,
    description: await wordsOf(core, row),
    counted:
      row.counted === null || row.countedAt === null
        ? null
        : { count: Number(row.counted), countedAt: row.countedAt.toISOString() },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** Of a filter that no longer fits what the workspace declares: what is wrong. */
async function wordsOf(core: SegmentCore, { workspaceId, filter }: SegmentRow): Promise<string> {
  try {
    return await filterWords(core.db.sql, workspaceId, await checkFilter(core.db.sql, workspaceId, filter));
  } catch (error) {
    if (error instanceof AppError && error.code === 'VALIDATION')
      return `Cannot be used as things are: ${messageOf(error)}`;
    throw error;
  }
}

function readName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || /\p{Cc}/u.test(trimmed)) throw invalid('name', 'is empty, or holds a control character');
  return trimmed;
}

function taken(name: string): AppError {
  return new AppError('NAME_TAKEN', `There is a segment named "${name}" already. Nothing was changed.`, {
    details: [{ path: 'name', message: 'is taken' }],
  });
}
