import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Page } from '../../../../../src/contract/common.ts';
import type { WebhookDelivery } from '../../../../../src/contract/webhooks.ts';
import { getJson } from '../../../lib/api.ts';

const LOOK_AGAIN_MS = 10_000;

/** The newest hundred; `state` null: of every state. */
export function useDeliveries(id: string, state: string | null) {
  return useQuery({
    queryKey: ['webhooks', 'deliveries', id, state],
    queryFn: ({ signal }) => {
      const filter = state === null ? '' : `&state=${state}`;
      return getJson<Page<WebhookDelivery>>(
        `/api/webhooks/${encodeURIComponent(id)}/deliveries?limit=100${filter}`,
        signal,
      );
    },
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_AGAIN_MS,
  });
}
