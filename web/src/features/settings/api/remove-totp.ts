import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sendJson } from '../../../lib/api.ts';
import { useConfirmed } from '../confirmation.ts';

/** A login asks for no code any more. */
export function useRemoveTotp() {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  return useMutation({
    mutationFn: () => confirmed(() => sendJson<null>('DELETE', '/api/auth/totp')),
    onSuccess: () => Promise.all(['me', 'sessions'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
}
