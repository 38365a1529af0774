import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sendJson } from '../../../lib/api.ts';

/** One of them, or with null all but this one; answers how many. */
export function useEndSessions() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (id: string | null) => {
      if (id === null) return (await sendJson<{ ended: number }>('DELETE', '/api/auth/sessions')).ended;
      await sendJson<null>('DELETE', `/api/auth/sessions/${encodeURIComponent(id)}`);
      return 1;
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['sessions'] }),
  });
}
