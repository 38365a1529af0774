import { useQuery } from '@tanstack/react-query';
import type { Account } from '../../../../../src/contract/accounts.ts';
import { getJson } from '../../../lib/api.ts';

const LOOK_AGAIN_MS = 5000;

/** Its health moves by itself. */
export function useAccount(id: string) {
  return useQuery({
    queryKey: ['accounts', 'detail', id],
    queryFn: ({ signal }) => getJson<Account>(`/api/accounts/${encodeURIComponent(id)}`, signal),
    refetchInterval: LOOK_AGAIN_MS,
  });
}
