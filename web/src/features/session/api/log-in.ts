import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Me } from '../../../../../src/contract/auth.ts';
import { sendJson } from '../../../lib/api.ts';
import { meQuery } from './get-me.ts';

export function useLogIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { email: string; password: string }) => sendJson<Me>('POST', '/api/auth/login', body),
    onSuccess: (me) => client.setQueryData(meQuery.queryKey, me),
  });
}
