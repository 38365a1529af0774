import { useQuery } from '@tanstack/react-query';
import type { SystemStatus } from '../../../../../src/contract/queue-admin.ts';
import { getJson } from '../../../lib/api.ts';

const LOOK_AGAIN_MS = 5000;

/** Database, Redis, queues and memory. For administrators. */
export function useSystem(enabled: boolean) {
  return useQuery({
    queryKey: ['performance', 'system'],
    queryFn: ({ signal }) => getJson<SystemStatus>('/api/queue/admin?action=status', signal),
    refetchInterval: LOOK_AGAIN_MS,
    enabled,
  });
}
