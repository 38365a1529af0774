import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Page } from '../../../../../src/contract/common.ts';
import type { SandboxMessageSummary } from '../../../../../src/contract/sandbox.ts';
import { getJson, pathOf } from '../../../lib/api.ts';

const PAGE = 50;
const LOOK_MS = 3000;

/** Messages that fit a search, newest first, as they were when they were read. */
export function useMessages(search: string) {
  return useInfiniteQuery({
    queryKey: ['mailbox', 'list', search],
    queryFn: ({ pageParam, signal }) => listMessages({ search, limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });
}

/** The newest message that fits and how many there are, looked up every three seconds. */
export function useNewest(search: string) {
  return useQuery({
    queryKey: ['mailbox', 'newest', search],
    queryFn: async ({ signal }) => {
      const { items, total } = await listMessages({ search, limit: 1 }, signal);
      return { id: items[0]?.id ?? null, total: total ?? 0 };
    },
    refetchInterval: LOOK_MS,
  });
}

function listMessages(query: { search: string; limit: number; cursor?: string | undefined }, signal: AbortSignal) {
  return getJson<Page<SandboxMessageSummary>>(pathOf('/api/sandbox/messages', query), signal);
}
