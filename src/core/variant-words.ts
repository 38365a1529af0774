import { type StoredTest, storedTest } from '../db/campaign-variants.ts';
import type { CampaignRow } from '../db/campaigns.ts';
import type { SendRow } from '../db/sends.ts';

type TestedCampaign = Pick<CampaignRow, 'abTest'>;
type TestedSend = Pick<SendRow, 'sampleOutAt' | 'winner'>;

/** How a campaign is tried out whose rest waits for a winner, or will; null: nobody waits. */
export function openTestOf({ abTest }: TestedCampaign, send: TestedSend | null): StoredTest | null {
  if (abTest === null || (send !== null && send.winner !== null)) return null;
  const test = storedTest(abTest);
  return test.samplePercent === 100 ? null : test;
}

/** When a test is decided by itself; null: by a person, or nobody knows before the sample is out. */
export function decidesAt(campaign: TestedCampaign, send: TestedSend): Date | null {
  const test = openTestOf(campaign, send);
  if (test === null || test.winner === 'manual' || send.sampleOutAt === null) return null;
  return new Date(send.sampleOutAt.getTime() + test.decideAfterMinutes * 60_000);
}

/** What the rest waits for, from when the sample is out; null before, and when nobody waits. */
export function testWords(campaign: TestedCampaign, send: TestedSend): string | null {
  const test = openTestOf(campaign, send);
  if (test === null || send.sampleOutAt === null) return null;
  const at = decidesAt(campaign, send);
  if (at === null) return 'somebody to choose the winner of its test';
  if (test.otherwise === 'wait' && at.getTime() < Date.now())
    return `enough ${test.winner} to tell the winner of its test, or somebody to choose it`;
  return `the winner of its test, decided by ${test.winner} at ${at.toISOString()}`;
}

/** Then nobody can say when it will be done. */
export function waitsForPerson(campaign: TestedCampaign, send: TestedSend): boolean {
  const test = openTestOf(campaign, send);
  return test !== null && (test.winner === 'manual' || test.otherwise === 'wait');
}
