import { useQuery } from '@tanstack/react-query';
import type { OpenInvitation } from '../../../../../src/contract/invitations.ts';
import { sendJson } from '../../../lib/api.ts';

/** By POST: the token belongs into no address. */
export function useInvitation(token: string | null) {
  return useQuery({
    queryKey: ['invitation', token],
    queryFn: () => sendJson<OpenInvitation>('POST', '/api/auth/invitation', { token }),
    enabled: token !== null,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
