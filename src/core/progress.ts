import type { CampaignStatus } from '../contract/campaigns.ts';
import type { Operation } from '../contract/queue.ts';
import type { ContactOperationRow } from '../db/contact-operations.ts';
import type { ImportRow } from '../db/imports.ts';
import { listCampaignOperations, listContactOperations, listImportOperations } from '../db/progress.ts';
import { openOf } from '../domain/recipient-state.ts';
import { notFound } from '../errors.ts';
import { isUuid } from '../lib/uuid7.ts';
import { campaignIdOf, statusesOf } from './campaign-status.ts';
import type { Caller, Core } from './context.ts';
import { describeImport } from './imports.ts';

const MOST_OPERATIONS = 100;

/** What is under way in a workspace and what ended in the last day; or exactly these. */
export async function listOperations(
  core: Pick<Core, 'db'>,
  workspaceId: string,
  ids?: readonly string[],
): Promise<Operation[]> {
  const filter = { workspaceId, limit: MOST_OPERATIONS, ...(ids ? { ids } : {}) };
  if (ids?.length === 0) return [];
  const [campaigns, imports, contacts] = await Promise.all([
    listCampaignOperations(core.db.sql, filter),
    listImportOperations(core.db.sql, filter),
    listContactOperations(core.db.sql, filter),
  ]);
  const updatedAt = new Date().toISOString();
  const statuses = await statusesOf(core.db, campaigns);
  return [
    ...statuses.map((status) => ofCampaign(status, updatedAt)),
    ...imports.map((row) => ofImport(row, updatedAt)),
    ...contacts.map((row) => ofContacts(row, updatedAt)),
  ];
}

/** One operation by the id of its campaign or import, or by its job id. */
export async function getOperation(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<Operation> {
  const wanted = campaignIdOf(id) ?? id;
  const [operation] = isUuid(wanted) ? await listOperations(core, caller.workspaceId, [wanted]) : [];
  if (!operation) throw notFound('operation', id);
  return operation;
}

function ofCampaign(status: CampaignStatus, updatedAt: string): Operation {
  const { counts, total } = status;
  return {
    id: status.campaignId,
    kind: 'campaign',
    name: status.name,
    state: status.state,
    progress: status.progress,
    total,
    processed: total - openOf(counts),
    succeeded: counts.sent,
    failed: counts.failed + counts.unknown,
    rate: status.rate,
    etaSeconds: status.etaSeconds,
    ...(status.waitingFor === undefined ? {} : { waitingFor: status.waitingFor }),
    counts,
    updatedAt,
  };
}

function ofImport(row: ImportRow, updatedAt: string): Operation {
  const { importId, state, progress, total, counts } = describeImport(row);
  const { rate, etaSeconds } = paceOf(row);
  return {
    id: importId,
    kind: 'import',
    name: row.filename ?? 'Import',
    state,
    progress,
    total,
    processed: row.rowsDone,
    succeeded: counts.inserted + counts.updated,
    failed: counts.invalid,
    rate,
    etaSeconds,
    updatedAt,
  };
}

/** What is done to contacts, in words. */
const ACTIONS: Readonly<Record<string, string>> = {
  'add-tags': 'Add tags to contacts',
  'remove-tags': 'Remove tags from contacts',
  'add-to-list': 'Add contacts to a list',
  'remove-from-list': 'Remove contacts from a list',
  'set-attribute': 'Set an attribute of contacts',
  delete: 'Delete contacts',
  suppress: 'Suppress contacts',
  unsubscribe: 'Unsubscribe contacts',
  'find-duplicates': 'Look for duplicate contacts',
};

function ofContacts(row: ContactOperationRow, updatedAt: string): Operation {
  const { id, action, state, processed, startedAt, finishedAt } = row;
  const total = Math.max(row.total ?? processed, processed);
  const seconds = startedAt ? ((finishedAt ?? new Date()).getTime() - startedAt.getTime()) / 1000 : 0;
  const rate = seconds > 0 ? Math.round(processed / seconds) : 0;
  const share = row.total ? Math.min(99.9, Math.floor((processed / total) * 1000) / 10) : 0;
  return {
    id,
    kind: 'contacts',
    name: ACTIONS[action] ?? action,
    state,
    progress: state === 'completed' ? 100 : share,
    total,
    processed,
    succeeded: processed,
    failed: 0,
    rate,
    etaSeconds: state === 'active' && row.total && rate > 0 ? Math.ceil((total - processed) / rate) : null,
    updatedAt,
  };
}

/** Rows a second since the import began, and by the bytes that are left how long it will take. */
function paceOf(row: ImportRow): { rate: number; etaSeconds: number | null } {
  if (row.startedAt === null) return { rate: 0, etaSeconds: null };
  const seconds = ((row.finishedAt ?? new Date()).getTime() - row.startedAt.getTime()) / 1000;
  if (seconds <= 0 || row.rowsDone === 0) return { rate: 0, etaSeconds: null };
  const left = row.bytesDone > 0 ? (seconds * (row.bytesTotal - row.bytesDone)) / row.bytesDone : 0;
  return { rate: Math.round(row.rowsDone / seconds), etaSeconds: row.state === 'active' ? Math.ceil(left) : null };
}
