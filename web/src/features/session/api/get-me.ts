import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Me } from '../../../../../src/contract/auth.ts';
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
