import { useQuery } from '@tanstack/react-query';
import type { CampaignReport } from '../../../../../src/contract/campaign-report.ts';
import { getJson } from '../../../lib/api.ts';

const LOOK_AGAIN_MS = 30_000;

/** What is not told by events; looked up twice a minute while the campaign is under way. */
export function useReport(campaignId: string, isUnderWay: boolean) {
  return useQuery({
    queryKey: ['campaigns', 'report', campaignId, isUnderWay],
    queryFn: ({ signal }) => getJson<CampaignReport>(`/api/campaigns/${encodeURIComponent(campaignId)}/report`, signal),
    refetchInterval: isUnderWay ? LOOK_AGAIN_MS : false,
    staleTime: LOOK_AGAIN_MS,
    refetchOnWindowFocus: false,
  });
}
