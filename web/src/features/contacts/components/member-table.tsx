import { useContacts } from '../api/list-contacts.ts';
import { useSegmentContacts } from '../api/list-segment-contacts.ts';
import type { ListStatus } from '../contact-filter.ts';
import { EVERYBODY } from '../contact-filter.ts';
import { ContactTable } from './contact-table.tsx';

const HEIGHT = '480px';

/** Those in a list, for its page. */
export function ListMembers({ listId, status }: { listId: string; status: ListStatus | null }) {
  return <ContactTable contacts={useContacts({ ...EVERYBODY, listId, status })} attributes={[]} height={HEIGHT} />;
}

/** Those in a segment, for its page. */
export function SegmentMembers({ segmentId }: { segmentId: string }) {
  return <ContactTable contacts={useSegmentContacts(segmentId)} attributes={[]} height={HEIGHT} />;
}
