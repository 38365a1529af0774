import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sendJson } from '../../../lib/api.ts';
import { rememberMe } from './get-me.ts';

export function useResetPassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { token: string; password: string }) => sendJson<null>('POST', '/api/auth/password/reset', body),
    onSuccess: () => rememberMe(client, null),
  });
}
