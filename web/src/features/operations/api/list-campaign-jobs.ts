import { useQuery } from '@tanstack/react-query';
import type { EmailJobs } from '../../../../../src/contract/email-jobs.ts';
import { getJson } from '../../../lib/api.ts';

const LOOK_AGAIN_MS = 5000;

/** Campaigns as jobs, newest first, and how many there are of each state. */
export function useCampaignJobs() {
  return useQuery({
    queryKey: ['workers', 'jobs'],
    queryFn: ({ signal }) => getJson<EmailJobs>('/api/workers/jobs?limit=50', signal),
    refetchInterval: LOOK_AGAIN_MS,
  });
}
