import { useInfiniteQuery } from '@tanstack/react-query';
import type { Alert } from '../../../../../src/contract/alerts.ts';
import type { Page } from '../../../../../src/contract/common.ts';
import { getJson, pathOf } from '../../../lib/api.ts';

const PAGE = 50;

export type AlertTab = 'open' | 'acknowledged' | 'cleared' | 'all';

/** Kept current by `useFollowAlerts`. */
export function useAlerts(tab: AlertTab, search: string) {
  return useInfiniteQuery({
    queryKey: ['alerts', 'list', tab, search],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE, search, ...(tab === 'all' ? {} : { state: tab }), cursor: pageParam };
      return getJson<Page<Alert>>(pathOf('/api/alerts', query), signal);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
}
