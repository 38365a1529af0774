import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RetryFailedBody } from '../../../../../src/contract/campaigns.ts';
import { sendJson } from '../../../lib/api.ts';

export function useRetryFailed(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: RetryFailedBody) =>
      sendJson<{ retried: number }>('POST', `/api/campaigns/${encodeURIComponent(id)}/retry-failed`, body),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['campaigns'] }),
        client.invalidateQueries({ queryKey: ['recipients', id] }),
      ]),
  });
}
