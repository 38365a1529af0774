import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Me, SecondFactorDue } from '../../../../../src/contract/auth.ts';
import { sendJson } from '../../../lib/api.ts';
import { rememberMe } from './get-me.ts';

/** Answers who it is, or that a second factor is due. */
export function useLogIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { email: string; password: string }) =>
      sendJson<Me | SecondFactorDue>('POST', '/api/auth/login', body),
    onSuccess: (answer) => rememberMe(client, answer),
  });
}
