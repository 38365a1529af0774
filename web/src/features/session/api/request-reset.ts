import { useMutation } from '@tanstack/react-query';
import { sendJson } from '../../../lib/api.ts';

/** The same answer whoever is known. */
export function useRequestReset() {
  return useMutation({
    mutationFn: (email: string) => sendJson<{ message: string }>('POST', '/api/auth/password/reset-request', { email }),
  });
}
