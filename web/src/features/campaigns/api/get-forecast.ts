import { useQuery } from '@tanstack/react-query';
import type { CampaignForecast } from '../../../../../src/contract/forecast.ts';
import { sendJson } from '../../../lib/api.ts';

/** When a campaign will be done that is not being sent yet. A POST, but it changes nothing. */
export function useForecast(campaignId: string, isWanted: boolean) {
  return useQuery({
    queryKey: ['campaigns', 'forecast', campaignId],
    queryFn: () => sendJson<CampaignForecast>('POST', `/api/campaigns/${encodeURIComponent(campaignId)}/forecast`),
    enabled: isWanted,
    staleTime: 60_000,
  });
}
