import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { LedgerRecipient } from '../../../../../src/contract/campaigns.ts';
import type { Page } from '../../../../../src/contract/common.ts';
import type { RecipientState } from '../../../../../src/contract/states.ts';
import { getJson, pathOf } from '../../../lib/api.ts';

const PAGE = 100;

export interface RecipientFilter {
  readonly state: RecipientState | null;
  /** A whole address; empty: everybody. */
  readonly email: string;
}

export function recipientsPath(
  campaignId: string,
  filter: RecipientFilter,
  more: Record<string, string | number> = {},
) {
  const query = { ...(filter.state ? { state: filter.state } : {}), email: filter.email.trim(), ...more };
  return pathOf(`/api/campaigns/${encodeURIComponent(campaignId)}/recipients`, query);
}

/** The ledger in order. It is read once and stays still while somebody looks at it; they ask for a new look themselves. */
export function useRecipients(campaignId: string, filter: RecipientFilter) {
  return useInfiniteQuery({
    queryKey: ['recipients', campaignId, filter],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<LedgerRecipient>>(
        recipientsPath(campaignId, filter, { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) }),
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });
}
