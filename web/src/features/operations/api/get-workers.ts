import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Workers } from '../../../../../src/contract/workers.ts';
import { getJson } from '../../../lib/api.ts';

const LOOK_AGAIN_MS = 5000;
/** While there are not as many as were asked for. */
const SOON_MS = 1000;

export const workersQuery = queryOptions({
  queryKey: ['workers'],
  queryFn: ({ signal }) => getJson<Workers>('/api/workers', signal),
  refetchInterval: ({ state }) => (isSettled(state.data) ? LOOK_AGAIN_MS : SOON_MS),
});

/** Every worker of every node; asked again by itself while the page is looked at. */
export function useWorkers() {
  return useQuery(workersQuery);
}

function isSettled(workers: Workers | undefined): boolean {
  return workers === undefined || workers.stats.running === workers.stats.desired;
}
