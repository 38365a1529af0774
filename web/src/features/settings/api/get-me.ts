import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Me } from '../../../../../src/contract/auth.ts';
import { getJson } from '../../../lib/api.ts';

/** The reader, as the rest of the dashboard has read them. */
export const ownQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => getJson<Me>('/api/auth/me', signal),
  staleTime: 60_000,
});

export function useOwn() {
  return useQuery(ownQuery);
}
