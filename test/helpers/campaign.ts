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

/** The workers of a test, in this process. */
export class TestWorkers {
  readonly #running: PostWorker[] = [];

  async start(test: TestCore, count = 1): Promise<void> {
    const started = Array.from({ length: count }, () => openWorker(test));
    this.#running.push(...started);
    await Promise.all(started.map((worker) => worker.start()));
  }

  /** Stops all of them; others may be started after that. */
  async stop(graceMs = 5000): Promise<void> {
    await Promise.all(this.#running.splice(0).map((worker) => worker.stop(graceMs)));
  }
}
