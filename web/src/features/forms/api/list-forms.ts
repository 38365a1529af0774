import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { Page } from '../../../../../src/contract/common.ts';
import type { Form } from '../../../../../src/contract/forms.ts';
import { getJson, pathOf } from '../../../lib/api.ts';

export function useForms(search: string) {
  return useInfiniteQuery({
    queryKey: ['forms', 'list', search],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<Form>>(pathOf('/api/forms', { search, limit: 100, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}
