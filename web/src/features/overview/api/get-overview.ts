import { useQuery } from '@tanstack/react-query';
import type { Overview } from '../../../../../src/contract/overview.ts';
import { getJson, pathOf } from '../../../lib/api.ts';

const LOOK_AGAIN_MS = 5000;

/** `zone` null: days begin by the reader's own clock. */
export function useOverview(zone: string | null) {
  const timezone = zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return useQuery({
    queryKey: ['overview', timezone],
    queryFn: ({ signal }) => getJson<Overview>(pathOf('/api/overview', { timezone }), signal),
    refetchInterval: LOOK_AGAIN_MS,
  });
}
