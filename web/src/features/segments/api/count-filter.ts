import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { SegmentCount, SegmentFilter } from '../../../../../src/contract/segments.ts';
import { sendJson } from '../../../lib/api.ts';

/** How many a filter holds for: exactly, or from a sample and with its bounds. */
export function useFilterCount(filter: SegmentFilter | null) {
  return useQuery({
    queryKey: ['segments', 'count', filter],
    queryFn: () => sendJson<SegmentCount>('POST', '/api/segments/count', { filter }),
    enabled: filter !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
}
