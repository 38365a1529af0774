import { useQuery } from '@tanstack/react-query';
import type { List } from '../../../../../src/contract/lists.ts';
import { getJson } from '../../../lib/api.ts';

export function listPath(id: string): string {
  return `/api/lists/${encodeURIComponent(id)}`;
}

export function useList(id: string) {
  return useQuery({
    queryKey: ['lists', 'detail', id],
    queryFn: ({ signal }) => getJson<List>(listPath(id), signal),
  });
}
