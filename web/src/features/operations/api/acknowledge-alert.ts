import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sendJson } from '../../../lib/api.ts';

export function useAcknowledgeAlert() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => sendJson('POST', `/api/alerts/${encodeURIComponent(id)}/acknowledge`),
    onSettled: () => void client.invalidateQueries({ queryKey: ['alerts'] }),
  });
}
