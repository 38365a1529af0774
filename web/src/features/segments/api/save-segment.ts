import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { NewSegment, Segment } from '../../../../../src/contract/segments.ts';
import { sendJson } from '../../../lib/api.ts';
import { segmentPath } from './get-segment.ts';

/** Makes a segment (null), or changes one. */
export function useSaveSegment(id: string | null) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (segment: NewSegment) =>
      id === null
        ? sendJson<Segment>('POST', '/api/segments', segment)
        : sendJson<Segment>('PATCH', segmentPath(id), segment),
    onSuccess: (segment) => {
      client.setQueryData(['segments', 'detail', segment.id], segment);
      void client.invalidateQueries({ queryKey: ['segments', 'list'] });
      void client.invalidateQueries({ queryKey: ['contacts', 'segment', segment.id] });
    },
  });
}
