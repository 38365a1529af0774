import { useQuery } from '@tanstack/react-query';
import type { CampaignDetail } from '../../../../../src/contract/campaigns.ts';
import { getJson } from '../../../lib/api.ts';

export function useCampaign(id: string) {
  return useQuery({
    queryKey: ['campaigns', 'detail', id],
    queryFn: ({ signal }) => getJson<CampaignDetail>(`/api/campaigns/${encodeURIComponent(id)}`, signal),
  });
}
