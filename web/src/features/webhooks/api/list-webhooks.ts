import { useQuery } from '@tanstack/react-query';
import type { Page } from '../../../../../src/contract/common.ts';
import type { Webhook } from '../../../../../src/contract/webhooks.ts';
import { getJson } from '../../../lib/api.ts';

export function useWebhooks() {
  return useQuery({
    queryKey: ['webhooks'],
    queryFn: ({ signal }) => getJson<Page<Webhook>>('/api/webhooks?limit=1000', signal),
    staleTime: 10_000,
  });
}
