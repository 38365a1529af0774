import { SegmentMembers } from '../features/contacts/components/member-table.tsx';
import { SegmentPage } from '../features/segments/components/segment-page.tsx';

/** A segment with the people in it, whom another feature draws. */
export function SegmentWithMembers() {
  return <SegmentPage members={(segmentId) => <SegmentMembers segmentId={segmentId} />} />;
}
