import { useQuery } from '@tanstack/react-query';
import type { LoginMethods } from '../../../../../src/contract/auth.ts';
import { getJson } from '../../../lib/api.ts';

/** How one can log in here. */
export function useLoginMethods() {
  return useQuery({
    queryKey: ['login-methods'],
    queryFn: ({ signal }) => getJson<LoginMethods>('/api/auth/methods', signal),
    staleTime: 600_000,
  });
}
