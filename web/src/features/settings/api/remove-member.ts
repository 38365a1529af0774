import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sendJson } from '../../../lib/api.ts';

export function useRemoveMember() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => sendJson<null>('DELETE', `/api/users/${encodeURIComponent(id)}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['users'] }),
  });
}
