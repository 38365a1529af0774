import { useQuery } from '@tanstack/react-query';
import type { CampaignReport } from '../../../../../src/contract/campaign-report.ts';
import { getJson } from '../../../lib/api.ts';

const LOOK_AGAIN_MS = 30_000;
/** While people wait for a winner somebody may be about to choose one. */
const LOOK_AT_TEST_MS = 5000;

/** What is not told by events; looked up twice a minute while the campaign is under way. */
export function useReport(campaignId: string, isUnderWay: boolean) {
  return useQuery({
    queryKey: ['campaigns', 'report', campaignId, isUnderWay],
    queryFn: ({ signal }) => getJson<CampaignReport>(`/api/campaigns/${encodeURIComponent(campaignId)}/report`, signal),
    refetchInterval: ({ state }) => {
      if (!isUnderWay) return false;
      const test = state.data?.variants?.test;
      return test && test.winner === null && test.samplePercent < 100 ? LOOK_AT_TEST_MS : LOOK_AGAIN_MS;
    },
    // When it ends it is read once more: until then what was known stays, and with it where the reader is.
    placeholderData: (before, query) => (query?.queryKey[2] === campaignId ? before : undefined),
    staleTime: LOOK_AGAIN_MS,
    refetchOnWindowFocus: false,
  });
}
