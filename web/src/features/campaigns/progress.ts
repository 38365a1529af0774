import type { RecipientCounts } from '../../../../src/contract/states.ts';

/** One operation of `GET /api/queue/progress` that is a campaign. */
export interface CampaignProgress {
  readonly id: string;
  readonly kind: string;
  readonly campaignId: string;
  readonly state: string;
  readonly progress: number;
  readonly total: number;
  readonly counts: RecipientCounts;
  readonly rate: number;
  readonly etaSeconds: number | null;
  readonly waitingFor?: string;
  readonly updatedAt: string;
}

/** What a campaign, its status and its progress tell alike. */
interface Standing {
  state: string;
  progress: number;
  total: number;
  counts: RecipientCounts;
}

/** Puts an event among what is known; one that is older than what is known is dropped, so that nothing runs back. */
export function mergeProgress(known: readonly CampaignProgress[], event: CampaignProgress): CampaignProgress[] {
  const before = known.find((progress) => progress.id === event.id);
  if (before === undefined) return [...known, event];
  if (before.updatedAt > event.updatedAt) return [...known];
  return known.map((progress) => (progress === before ? event : progress));
}

/** A campaign as the event tells it stands now. */
export function withProgress<T extends Standing>(campaign: T, event: CampaignProgress): T {
  const { state, progress, total, counts } = event;
  return { ...campaign, state, progress, total, counts };
}
