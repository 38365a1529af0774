import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { PasswordChange } from '../../../../../src/contract/auth.ts';
import { sendJson } from '../../../lib/api.ts';

export function useChangePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: PasswordChange) => sendJson<null>('POST', '/api/auth/password', body),
    onSuccess: () => Promise.all(['me', 'sessions'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
}
