import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CampaignDetail, CampaignDraftBody, CampaignDraftChange } from '../../../../../src/contract/campaigns.ts';
import { getJson, sendJson } from '../../../lib/api.ts';

const pathOf = (id: string) => `/api/campaigns/${encodeURIComponent(id)}`;

export function useDraft(id: string) {
  return useQuery({
    queryKey: ['campaigns', 'detail', id],
    queryFn: ({ signal }) => getJson<CampaignDetail>(pathOf(id), signal),
    refetchOnWindowFocus: false,
  });
}

export function useCreateDraft() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: CampaignDraftBody) => sendJson<CampaignDetail>('POST', '/api/campaigns', body),
    onSuccess: (draft) => {
      client.setQueryData(['campaigns', 'detail', draft.id], draft);
      return client.invalidateQueries({ queryKey: ['campaigns', 'list'] });
    },
  });
}

export function useSaveDraft(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: CampaignDraftChange) => sendJson<CampaignDetail>('PATCH', pathOf(id), body),
    onSuccess: (draft) => client.setQueryData(['campaigns', 'detail', id], draft),
  });
}

export function useLaunch(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => sendJson('POST', `${pathOf(id)}/launch`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['campaigns'] }),
  });
}
