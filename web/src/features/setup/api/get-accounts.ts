import { useQuery } from '@tanstack/react-query';
import type { Account } from '../../../../../src/contract/accounts.ts';
import type { Page } from '../../../../../src/contract/common.ts';
import { getJson } from '../../../lib/api.ts';

/** As the rest of the dashboard reads them. */
export function useAccountChoice() {
  return useQuery({
    queryKey: ['accounts'],
    queryFn: ({ signal }) => getJson<Page<Account>>('/api/accounts?limit=1000', signal),
  });
}
