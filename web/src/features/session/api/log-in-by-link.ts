import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Me } from '../../../../../src/contract/auth.ts';
import { sendJson } from '../../../lib/api.ts';
import { meQuery } from './get-me.ts';

/** The link that the first start prints; good for one login. */
export function useLogInByLink() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => sendJson<Me>('POST', '/api/auth/link', { token }),
    onSuccess: (me) => client.setQueryData(meQuery.queryKey, me),
  });
}
