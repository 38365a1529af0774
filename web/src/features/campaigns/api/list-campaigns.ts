import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { CampaignSummary } from '../../../../../src/contract/campaigns.ts';
import type { Page } from '../../../../../src/contract/common.ts';
import { getJson, pathOf } from '../../../lib/api.ts';
import { statesOf, type TabId } from '../tabs.ts';

const PAGE = 50;
/** Drafts and deletions are not told live. */
const LOOK_AGAIN_MS = 30_000;

/** Campaigns of a tab, newest first, page by page. */
export function useCampaigns(tab: TabId, search: string) {
  return useInfiniteQuery({
    queryKey: ['campaigns', 'list', tab, search],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<CampaignSummary>>(
        pathOf('/api/campaigns', { state: statesOf(tab), search, limit: PAGE, cursor: pageParam }),
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_AGAIN_MS,
  });
}
