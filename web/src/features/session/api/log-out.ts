import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sendJson } from '../../../lib/api.ts';
import { rememberMe } from './get-me.ts';

/** Ends the session and forgets everything that was read with it. */
export function useLogOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => sendJson<null>('POST', '/api/auth/logout'),
    onSuccess: () => rememberMe(client, null),
  });
}
