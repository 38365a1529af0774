import { useQuery } from '@tanstack/react-query';
import type { Domain } from '../../../../../src/contract/domains.ts';
import { getJson } from '../../../lib/api.ts';

const LOOK_AGAIN_MS = 15_000;

/** The server asks the DNS by itself. */
export function useDomain(id: string) {
  return useQuery({
    queryKey: ['domains', 'detail', id],
    queryFn: ({ signal }) => getJson<Domain>(`/api/domains/${encodeURIComponent(id)}`, signal),
    refetchInterval: LOOK_AGAIN_MS,
  });
}
