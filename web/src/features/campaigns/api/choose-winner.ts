import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sendJson } from '../../../lib/api.ts';

/** Lets those who wait have a variant, by its name. */
export function useChooseWinner(campaignId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (variant: string) =>
      sendJson('POST', `/api/campaigns/${encodeURIComponent(campaignId)}/winner`, { variant }),
    onSettled: () => client.invalidateQueries({ queryKey: ['campaigns'] }),
  });
}
