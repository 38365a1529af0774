import { expect } from 'vitest';
import type { CampaignStatus } from '../../src/contract/campaigns.ts';
import { findCampaignStatus, jobIdOf } from '../../src/core/campaign-status.ts';
import { PostWorker } from '../../src/workers/worker.ts';
import type { TestCore } from './core.ts';

export function openWorker(test: TestCore): PostWorker {
  return new PostWorker(test.core, { campaigns: 5, batches: 5, jobStarts: { max: 100, durationMs: 1000 } });
}

export async function statusOf(test: TestCore, campaignId: string): Promise<CampaignStatus> {
  const status = await findCampaignStatus(test.core.db, test.caller.workspaceId, jobIdOf(campaignId));
  if (!status) throw new Error(`There is no campaign ${campaignId}`);
  return status;
}

export async function untilState(
  test: TestCore,
  campaignId: string,
  state: string,
  timeoutMs = 30_000,
): Promise<CampaignStatus> {
  await expect
    .poll(async () => (await statusOf(test, campaignId)).state, { timeout: timeoutMs, interval: 50 })
    .toBe(state);
  return statusOf(test, campaignId);
}

export function people(count: number): Array<{ email: string; firstName: string }> {
  return Array.from({ length: count }, (_, i) => ({ email: `person${i}@example.test`, firstName: `Person ${i}` }));
}

export const LETTER = { subject: 'Hello {{firstName}}', htmlContent: '<p>Hello {{firstName}}</p>' } as const;
