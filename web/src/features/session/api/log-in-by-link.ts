import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Me, SecondFactorDue } from '../../../../../src/contract/auth.ts';
import { sendJson } from '../../../lib/api.ts';
import { rememberMe } from './get-me.ts';

/** The link that the first start prints; good for one login. */
export function useLogInByLink() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => sendJson<Me | SecondFactorDue>('POST', '/api/auth/link', { token }),
    onSuccess: (answer) => rememberMe(client, answer),
  });
}
