import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { Page } from '../../../../../src/contract/common.ts';
import type { List } from '../../../../../src/contract/lists.ts';
import { getJson, pathOf } from '../../../lib/api.ts';

const PAGE = 100;

export function useListPages(search: string) {
  return useInfiniteQuery({
    queryKey: ['lists', 'list', search],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<List>>(pathOf('/api/lists', { search, limit: PAGE, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}
