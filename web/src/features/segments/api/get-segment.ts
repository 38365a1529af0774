import { useQuery } from '@tanstack/react-query';
import type { Segment } from '../../../../../src/contract/segments.ts';
import { getJson } from '../../../lib/api.ts';

export function segmentPath(id: string): string {
  return `/api/segments/${encodeURIComponent(id)}`;
}

export function useSegment(id: string) {
  return useQuery({
    queryKey: ['segments', 'detail', id],
    queryFn: ({ signal }) => getJson<Segment>(segmentPath(id), signal),
    // Somebody is changing it: it must not change under their hands.
    staleTime: Number.POSITIVE_INFINITY,
  });
}
