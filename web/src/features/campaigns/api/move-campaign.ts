import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sendJson } from '../../../lib/api.ts';

export type Move = 'pause' | 'resume' | 'cancel';

export function useMoveCampaign(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (move: Move) => sendJson('POST', `/api/campaigns/${encodeURIComponent(id)}/${move}`),
    onSettled: () => client.invalidateQueries({ queryKey: ['campaigns'] }),
  });
}
