import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sendJson } from '../../../lib/api.ts';

export function useClearMessages() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => sendJson<{ removed: number }>('DELETE', '/api/sandbox/messages'),
    onSuccess: () => client.invalidateQueries({ queryKey: ['mailbox'] }),
  });
}
