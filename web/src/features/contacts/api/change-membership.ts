import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SubscribeReply } from '../../../../../src/contract/lists.ts';
import { sendJson } from '../../../lib/api.ts';

interface Membership {
  readonly listId: string;
  readonly action: 'join' | 'leave';
}

/** Puts a contact into a list, or has them leave it. Who had left is asked by mail first. */
export function useChangeMembership(contactId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ listId, action }: Membership) => {
      const path = `/api/lists/${encodeURIComponent(listId)}/contacts`;
      return action === 'join'
        ? sendJson<SubscribeReply | null>('POST', path, { contactIds: [contactId], resubscribe: true })
        : sendJson<null>('DELETE', `${path}/${encodeURIComponent(contactId)}`);
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['contacts'] });
      void client.invalidateQueries({ queryKey: ['lists'] });
    },
  });
}
