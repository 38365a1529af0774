import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { WorkspaceThroughput } from '../../../../../src/contract/throughput.ts';
import { getJson, pathOf } from '../../../lib/api.ts';

const LOOK_AGAIN_MS = 5000;

/** What was sent in the last hours, 1 to 2160. */
export function useThroughput(hours: number) {
  return useQuery({
    queryKey: ['performance', 'throughput', hours],
    queryFn: ({ signal }) => getJson<WorkspaceThroughput>(pathOf('/api/campaigns/throughput', { hours }), signal),
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_AGAIN_MS,
  });
}
