import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SegmentCount } from '../../../../../src/contract/segments.ts';
import { getJson } from '../../../lib/api.ts';
import { segmentPath } from './get-segment.ts';

/** Looks at everybody, however long it takes. */
export function useCountExactly(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => getJson<SegmentCount>(`${segmentPath(id)}/count?exact=true`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['segments', 'list'] }),
  });
}
