import type { Operation } from '../../../../src/contract/queue.ts';
import type { RecipientCounts } from '../../../../src/contract/states.ts';

/** What a campaign, its status and its progress tell alike. */
interface Standing {
  state: string;
  progress: number;
  total: number;
  counts: RecipientCounts;
}

/** True for an event that tells less than what is known already: it came late, and must not make anything run back. */
export function isStale(known: readonly Operation[], event: Operation): boolean {
  const before = known.find((operation) => operation.id === event.id);
  return before !== undefined && before.updatedAt > event.updatedAt;
}

/** Puts an event among what is known of the same operations. */
export function mergeProgress(known: readonly Operation[], event: Operation): Operation[] {
  if (isStale(known, event)) return [...known];
  if (!known.some((operation) => operation.id === event.id)) return [...known, event];
  return known.map((operation) => (operation.id === event.id ? event : operation));
}

/** A campaign as the event tells it stands now. */
export function withProgress<T extends Standing>(campaign: T, event: Operation): T {
  const { state, progress, total, counts } = event;
  return { ...campaign, state, progress, total, counts: counts ?? campaign.counts };
}
