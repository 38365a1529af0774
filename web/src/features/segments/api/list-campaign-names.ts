import { useQuery } from '@tanstack/react-query';
import type { CampaignSummary } from '../../../../../src/contract/campaigns.ts';
import type { Page } from '../../../../../src/contract/common.ts';
import { getJson } from '../../../lib/api.ts';

const MOST = 500;

/** The newest campaigns, to choose from. */
export function useCampaignNames(): ReadonlyArray<{ id: string; name: string }> | undefined {
  return useQuery({
    queryKey: ['campaigns', 'choice'],
    queryFn: ({ signal }) => getJson<Page<CampaignSummary>>(`/api/campaigns?limit=${MOST}`, signal),
    select: ({ items }) => items.map(({ id, name }) => ({ id, name })),
    staleTime: 60_000,
  }).data;
}
