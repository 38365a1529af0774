import { useQuery } from '@tanstack/react-query';
import type { QueueStats } from '../../../../../src/contract/queue-admin.ts';
import { getJson } from '../../../lib/api.ts';

const LOOK_AGAIN_MS = 5000;

/** Depths, rates and times of every queue. For administrators. */
export function useQueues() {
  return useQuery({
    queryKey: ['queues', 'stats'],
    queryFn: async ({ signal }) =>
      (await getJson<{ queues: QueueStats[] }>('/api/queue/admin?action=stats', signal)).queues,
    refetchInterval: LOOK_AGAIN_MS,
  });
}
