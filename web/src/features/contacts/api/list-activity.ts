import { useInfiniteQuery } from '@tanstack/react-query';
import type { Page } from '../../../../../src/contract/common.ts';
import type { ContactActivityItem } from '../../../../../src/contract/contact-activity.ts';
import { getJson, pathOf } from '../../../lib/api.ts';
import { contactPath } from './get-contact.ts';

/** What was sent to a contact and what came of it, newest first. */
export function useActivity(id: string) {
  return useInfiniteQuery({
    queryKey: ['contacts', 'activity', id],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<ContactActivityItem>>(pathOf(`${contactPath(id)}/activity`, { cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  });
}
