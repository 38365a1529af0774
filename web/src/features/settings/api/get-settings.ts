import { useQuery } from '@tanstack/react-query';
import type { Settings } from '../../../../../src/contract/settings.ts';
import { getJson } from '../../../lib/api.ts';

export function useSettings() {
  return useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => getJson<Settings>('/api/settings', signal),
    staleTime: 60_000,
  });
}
