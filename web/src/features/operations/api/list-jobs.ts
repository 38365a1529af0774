import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { QueueJobs } from '../../../../../src/contract/queue-admin.ts';
import { getJson, pathOf } from '../../../lib/api.ts';

const LOOK_AGAIN_MS = 5000;

export const JOBS_A_PAGE = 100;

export interface JobFilter {
  readonly queue: string;
  /** Empty: in any state. */
  readonly state: string;
  /** Position of the first one, newest first. */
  readonly start: number;
}

/** A hundred jobs of a queue. */
export function useJobs({ queue, state, start }: JobFilter) {
  return useQuery({
    queryKey: ['queues', 'jobs', queue, state, start],
    queryFn: async ({ signal }) => {
      const query = { action: 'jobs', queue, state, ...(start === 0 ? {} : { start }) };
      return (await getJson<QueueJobs>(pathOf('/api/queue/admin', query), signal)).jobs;
    },
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_AGAIN_MS,
  });
}
