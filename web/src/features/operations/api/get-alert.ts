import { useQuery } from '@tanstack/react-query';
import type { AlertDetail } from '../../../../../src/contract/alerts.ts';
import { getJson } from '../../../lib/api.ts';

const LOOK_AGAIN_MS = 5000;

/** With who was told of it. */
export function useAlert(id: string) {
  return useQuery({
    queryKey: ['alerts', 'detail', id],
    queryFn: ({ signal }) => getJson<AlertDetail>(`/api/alerts/${encodeURIComponent(id)}`, signal),
    refetchInterval: LOOK_AGAIN_MS,
  });
}
