import type { Contact } from '../../../../../src/contract/contacts.ts';
import { useRows } from '../../../lib/use-rows.ts';

/** Who is in a segment, newest first. */
export function useSegmentContacts(segmentId: string) {
  return useRows<Contact>({
    queryKey: ['contacts', 'segment', segmentId],
    path: `/api/segments/${encodeURIComponent(segmentId)}/contacts`,
    query: {},
    limit: 100,
  });
}
