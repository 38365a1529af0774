import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { QueueActionReply } from '../../../../../src/contract/queue-admin.ts';
import { sendJson } from '../../../lib/api.ts';

export interface QueueControl {
  readonly action: 'pause' | 'resume' | 'clean' | 'drain' | 'retry' | 'replay' | 'remove';
  readonly queue: string;
  readonly jobId?: string;
}

export function useControlQueue() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (control: QueueControl) => sendJson<QueueActionReply>('POST', '/api/queue/admin', control),
    onSettled: () => void client.invalidateQueries({ queryKey: ['queues'] }),
  });
}
