import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sendJson } from '../../../lib/api.ts';
import { useConfirmed } from '../confirmation.ts';

export function useRemovePasskey() {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  return useMutation({
    mutationFn: (id: string) =>
      confirmed(() => sendJson<null>('DELETE', `/api/auth/passkeys/${encodeURIComponent(id)}`)),
    onSuccess: () => Promise.all(['me', 'passkeys'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
}
