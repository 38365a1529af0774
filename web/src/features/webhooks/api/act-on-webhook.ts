import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { CreatedWebhook, Webhook, WebhookChange, WebhookDelivery } from '../../../../../src/contract/webhooks.ts';
import { sendJson } from '../../../lib/api.ts';

function useAct<Answer, Wanted = void>(id: string, act: (path: string, wanted: Wanted) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: Wanted) => act(`/api/webhooks/${encodeURIComponent(id)}`, wanted),
    onSettled: () => void client.invalidateQueries({ queryKey: ['webhooks'] }),
  });
}

export function useChangeWebhook(id: string) {
  return useAct(id, (path, change: WebhookChange) => sendJson<Webhook>('PATCH', path, change));
}

/** Posts a message of type webhook.test and answers what came of it. */
export function useTestWebhook(id: string) {
  return useAct(id, (path) => sendJson<WebhookDelivery>('POST', `${path}/test`, {}));
}

/** The secret of before signs for a day more. */
export function useRotateSecret(id: string) {
  return useAct(id, (path) => sendJson<CreatedWebhook>('POST', `${path}/rotate-secret`, {}));
}

export function useReplay(id: string) {
  return useAct(id, (path, deliveryId: string) =>
    sendJson<WebhookDelivery>('POST', `${path}/deliveries/${encodeURIComponent(deliveryId)}/replay`, {}),
  );
}

/** All that failed for good and is still kept. */
export function useReplayFailed(id: string) {
  return useAct(id, (path) =>
    sendJson<{ replayed: number }>('POST', `${path}/replay`, { since: new Date(0).toISOString() }),
  );
}
