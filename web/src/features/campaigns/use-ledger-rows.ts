import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import type { LedgerRecipient } from '../../../../src/contract/campaigns.ts';
import { getRecipients, isNumbered, PAGE, type RecipientFilter, useFoundRecipients } from './api/list-recipients.ts';

/** Who drags the bar over a million rows does not mean the ones in between. */
const PATIENCE_MS = 80;

export interface LedgerRows {
  /** As far as it is known. */
  readonly count: number;
  readonly rowAt: (index: number) => LedgerRecipient | undefined;
  readonly onShow: (first: number, last: number) => void;
  readonly isPending: boolean;
  readonly error: unknown;
  /** When the oldest of what is shown was read. */
  readonly readAt: number;
  readonly refresh: () => void;
}

/** The ledger under a filter, read where somebody looks. `total`: how many fit, by the counts of the campaign. */
export function useLedgerRows(campaignId: string, filter: RecipientFilter, total: number): LedgerRows {
  const numbered = isNumbered(filter);
  const anywhere = useRowsAnywhere(campaignId, filter, numbered ? total : 0);
  const found = useRowsFound(campaignId, filter, !numbered);
  return numbered ? anywhere : found;
}

function useRowsAnywhere(campaignId: string, filter: RecipientFilter, total: number): LedgerRows {
  const client = useQueryClient();
  const [shown, setShown] = useState({ first: 0, last: 0 });
  const [settled, setSettled] = useState(shown);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(shown), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  const key = ['recipients', campaignId, 'rows', filter.state] as const;
  const pages = pagesOf(settled, total);
  const results = useQueries({
    queries: pages.map((page) => ({
      queryKey: [...key, page],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        getRecipients(campaignId, filter, { from: page * PAGE }, signal),
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
    })),
  });
  const onShow = useCallback((first: number, last: number) => setShown({ first, last }), []);
  const readAt = Math.min(...results.map((result) => result.dataUpdatedAt).filter((at) => at > 0));
  return {
    count: total,
    rowAt: (index) => {
      const at = pages.indexOf(Math.floor(index / PAGE));
      return results[at]?.data?.items[index % PAGE];
    },
    onShow,
    // Further down the table stays, with holes: where somebody has scrolled to must not be lost.
    isPending: total > 0 && settled.first === 0 && results.every((result) => result.isPending),
    error: results.find((result) => result.error)?.error,
    readAt: Number.isFinite(readAt) ? readAt : 0,
    refresh: () => void client.resetQueries({ queryKey: key }),
  };
}

/** The pages that are looked at. */
function pagesOf({ first, last }: { first: number; last: number }, total: number): number[] {
  if (total === 0) return [];
  const from = Math.floor(Math.min(first, total - 1) / PAGE);
  const to = Math.floor(Math.min(last, total - 1) / PAGE);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function useRowsFound(campaignId: string, filter: RecipientFilter, enabled: boolean): LedgerRows {
  const list = useFoundRecipients(campaignId, filter, enabled);
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = list;
  const count = rows.length;
  const onShow = useCallback(
    (_first: number, last: number) => {
      if (last >= count - 1 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
    },
    [count, hasNextPage, isFetchingNextPage, fetchNextPage],
  );
  return {
    count: hasNextPage ? count + 1 : count,
    rowAt: (index) => rows[index],
    onShow,
    isPending: enabled && list.isPending,
    error: list.error,
    readAt: list.dataUpdatedAt,
    refresh: () => void list.refetch(),
  };
}
