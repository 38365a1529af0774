import { useQuery } from '@tanstack/react-query';
import type { Alert } from '../../../../../src/contract/alerts.ts';
import type { Page } from '../../../../../src/contract/common.ts';
import { getJson, pathOf } from '../../../lib/api.ts';

const LOOK_AGAIN_MS = 60_000;
const MOST = 100;

/** How many alerts are open that nobody has acknowledged. */
export function useOpenAlertCount(): number {
  return (
    useQuery({
      queryKey: ['alerts', 'open-count'],
      queryFn: async ({ signal }) =>
        (await getJson<Page<Alert>>(pathOf('/api/alerts', { state: 'open', limit: MOST }), signal)).items.length,
      refetchInterval: LOOK_AGAIN_MS,
    }).data ?? 0
  );
}
