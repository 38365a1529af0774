import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Page } from '../../../../../src/contract/common.ts';
import type { SeriesDetail, SeriesOccurrence, SeriesSummary } from '../../../../../src/contract/series.ts';
import { getJson } from '../../../lib/api.ts';

/** They come by themselves, and what became of the last time is what one looks for. */
const LOOK_AGAIN_MS = 5000;

export function useAllSeries() {
  return useQuery({
    queryKey: ['series'],
    queryFn: ({ signal }) => getJson<Page<SeriesSummary>>('/api/series?limit=1000', signal),
    refetchInterval: LOOK_AGAIN_MS,
  });
}

export function useSeries(id: string, isFollowed = true) {
  return useQuery({
    queryKey: ['series', 'detail', id],
    queryFn: ({ signal }) => getJson<SeriesDetail>(`/api/series/${encodeURIComponent(id)}`, signal),
    refetchInterval: isFollowed ? LOOK_AGAIN_MS : false,
  });
}

/** The newest hundred. */
export function useOccurrences(id: string) {
  return useQuery({
    queryKey: ['series', 'occurrences', id],
    queryFn: ({ signal }) =>
      getJson<Page<SeriesOccurrence>>(`/api/series/${encodeURIComponent(id)}/occurrences?limit=100`, signal),
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_AGAIN_MS,
  });
}
