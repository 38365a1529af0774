import { useQuery } from '@tanstack/react-query';
import type { CampaignStatus } from '../../../../../src/contract/campaigns.ts';
import { getJson } from '../../../lib/api.ts';

/** Rate, time left and what a campaign waits for, which its description does not have. */
export function useCampaignStatus(campaignId: string) {
  return useQuery({
    queryKey: ['campaigns', 'status', campaignId],
    queryFn: ({ signal }) =>
      getJson<CampaignStatus>(`/api/campaigns/status/campaign-${encodeURIComponent(campaignId)}`, signal),
  });
}
