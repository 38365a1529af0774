import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Operation } from '../../../../../src/contract/queue.ts';
import { getJson } from '../../../lib/api.ts';

/** Campaigns under way, kept current by `useFollowProgress`. */
export const progressQuery = queryOptions({
  queryKey: ['campaigns', 'progress'],
  queryFn: async ({ signal }): Promise<Operation[]> => {
    const { items } = await getJson<{ items: Operation[] }>('/api/queue/progress', signal);
    return items.filter((progress) => progress.kind === 'campaign');
  },
});

/** How one campaign gets on; undefined when it is not under way. */
export function useProgress(campaignId: string): Operation | undefined {
  return useQuery({ ...progressQuery, select: (all) => all.find((one) => one.id === campaignId) }).data;
}

/** Campaigns that have begun and not ended, whatever holds them up. */
export function useRunningCampaigns(): readonly Operation[] {
  const running = ({ state }: Operation) => state === 'waiting' || state === 'active' || state === 'paused';
  return useQuery({ ...progressQuery, select: (all) => all.filter(running) }).data ?? [];
}

/** How many campaigns are being sent now. */
export function useSendingCount(): number {
  return useQuery({ ...progressQuery, select: (all) => all.filter((one) => one.state === 'active').length }).data ?? 0;
}
