import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { EmailCancelled } from '../../../../../src/contract/emails.ts';
import { sendJson } from '../../../lib/api.ts';

export function useCancelEmail(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => sendJson<EmailCancelled>('POST', `/api/emails/${encodeURIComponent(id)}/cancel`),
    onSettled: () => void client.invalidateQueries({ queryKey: ['emails'] }),
  });
}
