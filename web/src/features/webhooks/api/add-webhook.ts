import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { CreatedWebhook, NewWebhook } from '../../../../../src/contract/webhooks.ts';
import { sendJson } from '../../../lib/api.ts';

export function useAddWebhook() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewWebhook) => sendJson<CreatedWebhook>('POST', '/api/webhooks', body),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['webhooks'] }),
  });
}
