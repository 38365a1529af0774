import { useQuery } from '@tanstack/react-query';
import type { Webhook } from '../../../../../src/contract/webhooks.ts';
import { getJson } from '../../../lib/api.ts';

const LOOK_AGAIN_MS = 10_000;

export function useWebhook(id: string) {
  return useQuery({
    queryKey: ['webhooks', 'detail', id],
    queryFn: ({ signal }) => getJson<Webhook>(`/api/webhooks/${encodeURIComponent(id)}`, signal),
    refetchInterval: LOOK_AGAIN_MS,
  });
}
