import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { SeriesPreview, SeriesPreviewBody } from '../../../../../src/contract/series.ts';
import { sendJson } from '../../../lib/api.ts';

/** A moment after the last key; where a feed is asked each time, a longer one. Null asks nothing. */
export function useSeriesPreview(body: SeriesPreviewBody | null) {
  const [settled] = useDebouncedValue(JSON.stringify(body), body?.feed ? 1200 : 400);
  return useQuery({
    queryKey: ['series', 'preview', settled],
    // A POST, but it changes nothing.
    queryFn: () => sendJson<SeriesPreview>('POST', '/api/series/preview', JSON.parse(settled)),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    enabled: settled !== 'null',
    retry: false,
  });
}
