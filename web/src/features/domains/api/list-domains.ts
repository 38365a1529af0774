import { useQuery } from '@tanstack/react-query';
import type { Page } from '../../../../../src/contract/common.ts';
import type { Domain } from '../../../../../src/contract/domains.ts';
import { getJson } from '../../../lib/api.ts';

export function useDomains() {
  return useQuery({
    queryKey: ['domains'],
    queryFn: ({ signal }) => getJson<Page<Domain>>('/api/domains?limit=1000', signal),
    staleTime: 30_000,
  });
}
