import { type QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import type { Me, SecondFactorDue } from '../../../../../src/contract/auth.ts';
import { ApiError, getJson } from '../../../lib/api.ts';

/** Who is logged in; null when nobody is. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      return await getJson<Me>('/api/auth/me', signal);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

export function useMe({ enabled = true } = {}) {
  return useQuery({ ...meQuery, enabled });
}

/** What is the same for everybody, and who one is itself. */
const OF_NOBODY = new Set(['me', 'invitation', 'login-methods']);

/** What was read as somebody else, or in another workspace, is forgotten. Who owes a second factor is nobody yet. */
export function rememberMe(client: QueryClient, answer: Me | SecondFactorDue | null): void {
  if (isDue(answer)) return;
  client.removeQueries({ predicate: ({ queryKey }) => !OF_NOBODY.has(String(queryKey[0])) });
  client.setQueryData(meQuery.queryKey, answer);
}

export function isDue(answer: Me | SecondFactorDue | null | undefined): answer is SecondFactorDue {
  return answer !== null && answer !== undefined && 'ticket' in answer;
}
