import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type { TestSendBody, TestSendReply } from '../../../../../src/contract/campaigns.ts';
import type { CampaignCheck } from '../../../../../src/contract/content.ts';
import type { CampaignForecast } from '../../../../../src/contract/forecast.ts';
import { sendJson } from '../../../lib/api.ts';

const pathOf = (id: string) => `/api/campaigns/${encodeURIComponent(id)}`;

/** `saved`: how often the draft was saved since it was opened; each time these are asked for again. */
export function useForecast(id: string, saved: number, enabled = true) {
  return useQuery({
    queryKey: ['campaigns', 'draft-forecast', id, saved],
    // A POST, but it changes nothing.
    queryFn: () => sendJson<CampaignForecast>('POST', `${pathOf(id)}/forecast`),
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
    enabled,
  });
}

export function useCheck(id: string, saved: number) {
  return useQuery({
    queryKey: ['campaigns', 'draft-check', id, saved],
    queryFn: () => sendJson<CampaignCheck>('POST', `${pathOf(id)}/check`),
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });
}

export function useTestSend(id: string) {
  return useMutation({
    mutationFn: (body: TestSendBody) => sendJson<Static<typeof TestSendReply>>('POST', `${pathOf(id)}/test`, body),
  });
}
