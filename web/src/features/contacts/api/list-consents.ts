import { useInfiniteQuery } from '@tanstack/react-query';
import type { Page } from '../../../../../src/contract/common.ts';
import type { ConsentRecord } from '../../../../../src/contract/consents.ts';
import { getJson, pathOf } from '../../../lib/api.ts';
import { contactPath } from './get-contact.ts';

/** What a contact agreed to and took back, newest first. */
export function useConsents(id: string) {
  return useInfiniteQuery({
    queryKey: ['contacts', 'consent', id],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<ConsentRecord>>(pathOf(`${contactPath(id)}/consent`, { limit: 20, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
}
