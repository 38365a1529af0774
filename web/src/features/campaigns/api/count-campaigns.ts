import { useQueries } from '@tanstack/react-query';
import type { CampaignSummary } from '../../../../../src/contract/campaigns.ts';
import type { Page } from '../../../../../src/contract/common.ts';
import { getJson, pathOf } from '../../../lib/api.ts';
import { statesOf, TABS, type TabId } from '../tabs.ts';

const LOOK_AGAIN_MS = 30_000;

/** How many campaigns each tab holds; undefined until known. */
export function useTabCounts(): Partial<Record<TabId, number>> {
  return useQueries({
    queries: TABS.map((tab) => countQuery(tab.id)),
    combine: (results) =>
      Object.fromEntries(
        TABS.flatMap((tab, i) => {
          const count = results[i]?.data;
          return count === undefined ? [] : [[tab.id, count] as const];
        }),
      ),
  });
}

function countQuery(tab: TabId) {
  return {
    queryKey: ['campaigns', 'count', tab],
    refetchInterval: LOOK_AGAIN_MS,
    queryFn: async ({ signal }: { signal: AbortSignal }) => {
      const page = await getJson<Page<CampaignSummary>>(
        pathOf('/api/campaigns', { state: statesOf(tab), limit: 1 }),
        signal,
      );
      return page.total;
    },
  };
}
