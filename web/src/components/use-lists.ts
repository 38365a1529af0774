import { useQuery } from '@tanstack/react-query';
import type { Page } from '../../../src/contract/common.ts';
import type { List } from '../../../src/contract/lists.ts';
import { getJson } from '../lib/api.ts';

/** Lists to choose from, by name; a thousand at most. */
export function useLists(): readonly List[] | undefined {
  return useQuery({
    queryKey: ['lists', 'choice'],
    queryFn: ({ signal }) => getJson<Page<List>>('/api/lists?limit=1000', signal),
    select: ({ items }) => [...items].sort((a, b) => a.name.localeCompare(b.name)),
  }).data;
}
