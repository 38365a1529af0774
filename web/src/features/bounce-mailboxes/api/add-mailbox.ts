import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { BounceMailbox, NewBounceMailbox } from '../../../../../src/contract/bounce-mailboxes.ts';
import { sendJson } from '../../../lib/api.ts';

export function useAddMailbox() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewBounceMailbox) => sendJson<BounceMailbox>('POST', '/api/bounce-mailboxes', body),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['bounce-mailboxes'] }),
  });
}
