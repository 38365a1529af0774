import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Me } from '../../../../../src/contract/auth.ts';
import { sendJson } from '../../../lib/api.ts';
import { ownQuery } from './get-me.ts';

export function useChangeProfile() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => sendJson<Me>('PATCH', '/api/auth/me', { name: name.trim() || null }),
    onSuccess: (me) => client.setQueryData(ownQuery.queryKey, me),
  });
}
