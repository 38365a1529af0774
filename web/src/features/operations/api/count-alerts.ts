import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Alert } from '../../../../../src/contract/alerts.ts';
import type { Page } from '../../../../../src/contract/common.ts';
import { getJson, pathOf } from '../../../lib/api.ts';
import { progressStream } from '../../../lib/progress-stream.ts';
import type { AlertTab } from './list-alerts.ts';

const LOOK_AGAIN_MS = 60_000;

/** How many alerts are open that nobody has acknowledged; reads all alerts again when the stream tells of one. */
export function useOpenAlertCount(): number {
  const client = useQueryClient();
  useEffect(() => {
    const readAgain = () => void client.invalidateQueries({ queryKey: ['alerts'] });
    return progressStream.listen({ onProgress: () => {}, onAlert: readAgain, onGap: readAgain });
  }, [client]);
  return useQuery(countQuery('open')).data ?? 0;
}

/** Undefined until known. */
export function useAlertCounts(tabs: readonly AlertTab[]): ReadonlyArray<number | undefined> {
  return useQueries({ queries: tabs.map(countQuery), combine: (results) => results.map(({ data }) => data) });
}

function countQuery(tab: AlertTab) {
  return {
    queryKey: ['alerts', 'count', tab],
    queryFn: async ({ signal }: { signal: AbortSignal }) => {
      const query = { limit: 1, ...(tab === 'all' ? {} : { state: tab }) };
      return (await getJson<Page<Alert>>(pathOf('/api/alerts', query), signal)).total ?? 0;
    },
    refetchInterval: LOOK_AGAIN_MS,
  };
}
