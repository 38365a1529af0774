import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Enrolled } from '../../../../../src/contract/second-factors.ts';
import { sendJson } from '../../../lib/api.ts';
import { useConfirmed } from '../confirmation.ts';

/** By its first code. Sessions elsewhere end. */
export function useConfirmTotp() {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  return useMutation({
    mutationFn: (code: string) => confirmed(() => sendJson<Enrolled>('POST', '/api/auth/totp/confirm', { code })),
    onSuccess: () => Promise.all(['me', 'sessions'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
}
