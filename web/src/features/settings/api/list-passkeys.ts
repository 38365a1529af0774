import { useQuery } from '@tanstack/react-query';
import type { Passkey } from '../../../../../src/contract/second-factors.ts';
import { getJson } from '../../../lib/api.ts';

export function usePasskeys() {
  return useQuery({
    queryKey: ['passkeys'],
    queryFn: ({ signal }) => getJson<{ items: Passkey[] }>('/api/auth/passkeys', signal),
  });
}
