import type { AbTest } from '../contract/campaign-variants.ts';
import type { Audience, CampaignDraftBody } from '../contract/campaigns.ts';
import { listAccountsOfWorkspace } from '../db/accounts.ts';
import type { CampaignRow, CampaignSettings } from '../db/campaigns.ts';
import { findMissingLists } from '../db/lists.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { readMailbox } from './campaign-message.ts';
import { checkQuietHours, checkTimezone, readScheduledAt, type WorkspaceDefaults } from './campaign-schedule.ts';
import { invalid } from './content.ts';
import type { Core } from './context.ts';

/** The settings of a request as columns; only what the request names. `before` is the draft that is changed. */
export async function readSettings(
  core: Pick<Core, 'db'>,
  workspaceId: string,
  body: CampaignDraftBody,
  before: CampaignRow | null = null,
): Promise<CampaignSettings> {
  const from = body.from === undefined ? null : readMailbox(body.from, 'from');
  if (body.replyTo !== undefined) readMailbox(body.replyTo, 'replyTo');
  if (body.timezone !== undefined) checkTimezone(body.timezone, 'timezone', 'allowed');
  if (body.quietHours !== undefined && body.quietHours !== 'none') checkQuietHours(body.quietHours);
  const defaults = (await getWorkspace(core.db.sql, workspaceId)).settings as WorkspaceDefaults;
  const scheduledAt = readScheduledAt(body, before, defaults);
  await checkAudience(core, workspaceId, body.audience);
  await checkAccounts(core, workspaceId, body.accountIds ?? []);
  return {
    ...(from ? { fromName: from.name ?? null, fromAddress: from.address } : {}),
    ...(body.replyTo === undefined ? {} : { replyTo: body.replyTo }),
    ...(body.headers === undefined ? {} : { headers: JSON.stringify(body.headers) }),
    ...(body.accountIds === undefined ? {} : { accountIds: body.accountIds }),
    ...(body.batchSize === undefined ? {} : { batchSize: body.batchSize }),
    ...(body.batchDelayMs === undefined ? {} : { batchDelayMs: body.batchDelayMs }),
    ...(body.rateLimit === undefined ? {} : { rateLimitPerHour: body.rateLimit }),
    ...(body.concurrency === undefined ? {} : { concurrency: body.concurrency }),
    ...(body.priority === undefined ? {} : { priority: body.priority }),
    ...(body.retry === undefined ? {} : { retry: JSON.stringify(body.retry) }),
    ...linkSettings(body),
    ...(body.abTest === undefined ? {} : { abTest: JSON.stringify(readTest(body.abTest)) }),
    ...(body.onUnknown === undefined ? {} : { onUnknown: body.onUnknown }),
    ...(body.timezone === undefined ? {} : { timezone: body.timezone }),
    ...(body.quietHours === undefined ? {} : { quietHours: JSON.stringify(body.quietHours) }),
    ...(scheduledAt === null ? {} : { scheduledAt }),
  };
}

function linkSettings({ tracking, utm }: CampaignDraftBody): CampaignSettings {
  return {
    ...(tracking === undefined ? {} : { tracking: JSON.stringify(tracking) }),
    ...(utm === undefined ? {} : { utm: JSON.stringify(utm) }),
  };
}

function readTest(test: AbTest): AbTest {
  const { samplePercent = 100, winner } = test;
  if (samplePercent === 100 && winner !== undefined && winner !== 'manual')
    throw invalid(
      'abTest/winner',
      'with samplePercent 100 nobody is left to get the winner: make it smaller, or leave winner out',
    );
  return { ...test, samplePercent };
}

async function checkAccounts(
  core: Pick<Core, 'db'>,
  workspaceId: string,
  accountIds: readonly string[],
): Promise<void> {
  if (accountIds.length === 0) return;
  const known = new Set((await listAccountsOfWorkspace(core.db.sql, workspaceId)).map((account) => account.id));
  const missing = accountIds.filter((id) => !known.has(id));
  if (missing.length > 0)
    throw invalid('accountIds', `there is no sending account ${missing.join(', ')} in this workspace`);
}

async function checkAudience(
  core: Pick<Core, 'db'>,
  workspaceId: string,
  audience: Audience | undefined,
): Promise<void> {
  if (audience === undefined || Array.isArray(audience)) return;
  const { listIds = [], segmentIds = [], excludeListIds = [] } = audience;
  if (listIds.length + segmentIds.length === 0) throw invalid('audience/listIds', 'name at least one list or segment');
  const missing = await findMissingLists(core.db.sql, workspaceId, [...listIds, ...excludeListIds]);
  if (missing.length > 0) throw invalid('audience', `there is no list ${missing.join(', ')} in this workspace`);
}
