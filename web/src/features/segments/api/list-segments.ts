import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { Page } from '../../../../../src/contract/common.ts';
import type { Segment } from '../../../../../src/contract/segments.ts';
import { getJson, pathOf } from '../../../lib/api.ts';

export function useSegments(search: string) {
  return useInfiniteQuery({
    queryKey: ['segments', 'list', search],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<Segment>>(pathOf('/api/segments', { search, limit: 100, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}
