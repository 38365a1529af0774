import type { CampaignJob, CampaignJobs, CampaignsQuery, JobsQuery } from '../contract/campaign-jobs.ts';
import type { CampaignSummary } from '../contract/campaigns.ts';
import type { Page } from '../contract/common.ts';
import { CAMPAIGN_STATES, type CampaignState, type RecipientCounts } from '../contract/states.ts';
import { type CampaignRow, countCampaigns, listCampaigns } from '../db/campaigns.ts';
import type { Failure } from '../db/ledger.ts';
import { isFinalCampaignState } from '../domain/campaign-state.ts';
import type { Queues } from '../queue/queues.ts';
import { jobIdOf, statusesOf, summariesOf } from './campaign-status.ts';
import type { Caller, Core } from './context.ts';
import { decodeCursor, toPage } from './cursor.ts';

const MOST_JOBS = 1000;

/** Campaigns of a workspace, newest first. */
export async function listCampaignPage(
  core: Pick<Core, 'db'>,
  caller: Caller,
  query: CampaignsQuery,
): Promise<Page<CampaignSummary>> {
  const limit = query.limit ?? 50;
  const filter = {
    workspaceId: caller.workspaceId,
    ...(query.state === undefined ? {} : { states: query.state.split(',') }),
    ...(query.search ? { search: query.search } : {}),
  };
  const before = query.cursor === undefined ? {} : { before: decodeCursor(query.cursor, 'string') };
  const [rows, total] = await Promise.all([
    listCampaigns(core.db.sql, { ...filter, ...before, limit: limit + 1 }),
    countCampaigns(core.db.sql, filter),
  ]);
  const { items, nextCursor } = toPage(
    rows,
    limit,
    (row) => row.id,
    (row) => row,
  );
  return { items: await summariesOf(core.db, items), nextCursor, total };
}

/** Launched campaigns as jobs, newest first, from position `start` to `end`. */
export async function listCampaignJobs(
  core: Pick<Core, 'db'>,
  caller: Caller,
  query: JobsQuery,
): Promise<CampaignJobs> {
  const start = query.start ?? 0;
  const end =
    query.end === undefined || query.end < 0 ? start + MOST_JOBS - 1 : Math.min(query.end, start + MOST_JOBS - 1);
  const states = query.status?.split(',') ?? CAMPAIGN_STATES.filter((state) => state !== 'draft');
  const limit = Math.max(0, end - start + 1);
  const rows =
    limit === 0
      ? []
      : await listCampaigns(core.db.sql, { workspaceId: caller.workspaceId, states, offset: start, limit });
  const jobs = await describeJobs(core, rows);
  return { status: query.status ?? null, count: jobs.length, jobs };
}

async function describeJobs(core: Pick<Core, 'db'>, rows: readonly CampaignRow[]): Promise<CampaignJob[]> {
  const statuses = new Map((await statusesOf(core.db, rows)).map((status) => [status.campaignId, status]));
  return rows.map((row) => {
    const status = statuses.get(row.id);
    return {
      jobId: jobIdOf(row.id),
      name: row.name,
      state: row.state,
      progress: status?.progress ?? 0,
      createdAt: row.createdAt.toISOString(),
      finishedAt: row.finishedAt?.toISOString() ?? null,
      result: status && isFinalCampaignState(row.state as CampaignState) ? resultOf(row, status.counts) : null,
    };
  });
}

/** With the errors that were kept when the campaign ended: nobody looks for them in a thousand ledgers. */
function resultOf(row: CampaignRow, counts: RecipientCounts): NonNullable<CampaignJob['result']> {
  const { sent: success, failed, excluded, unknown } = counts;
  return { success, failed, excluded, unknown, errors: (row.errors ?? []) as unknown as Failure[] };
}

/** Forgets queue jobs that have ended. What became of recipients stands in the ledger and is not touched. */
export async function removeFinishedJobs(core: { queues: Pick<Queues, 'clean'> }): Promise<number> {
  let removed = 0;
  for (const name of ['campaigns', 'leads-import', 'email-sending', 'email-retry', 'maintenance'] as const) {
    removed += await core.queues.clean(name);
  }
  return removed;
}
