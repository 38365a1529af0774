import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Page } from '../../../../../src/contract/common.ts';
import type { Contact } from '../../../../../src/contract/contacts.ts';
import type { SegmentFilter } from '../../../../../src/contract/segments.ts';
import { sendJson } from '../../../lib/api.ts';

const SHOWN = 10;

/** Ten people a filter holds for. */
export function useFilterSample(filter: SegmentFilter | null) {
  return useQuery({
    queryKey: ['segments', 'sample', filter],
    queryFn: () => sendJson<Page<Contact>>('POST', '/api/segments/contacts', { filter, limit: SHOWN }),
    enabled: filter !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
}
