import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { DuplicatesPage } from '../../../../../src/contract/contact-duplicates.ts';
import { getJson, pathOf } from '../../../lib/api.ts';

/** Contacts that may be one person, as the last look found them. */
export function useDuplicates() {
  return useInfiniteQuery({
    queryKey: ['contacts', 'duplicates'],
    queryFn: ({ pageParam, signal }) =>
      getJson<DuplicatesPage>(pathOf('/api/contacts/duplicates', { limit: 50, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}
