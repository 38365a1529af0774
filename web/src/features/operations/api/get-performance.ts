import { useQuery } from '@tanstack/react-query';
import type { Performance } from '../../../../../src/contract/performance.ts';
import { getJson } from '../../../lib/api.ts';

const LOOK_AGAIN_MS = 5000;

export function usePerformance() {
  return useQuery({
    queryKey: ['performance', 'now'],
    queryFn: ({ signal }) => getJson<Performance>('/api/campaigns/performance', signal),
    refetchInterval: LOOK_AGAIN_MS,
  });
}
