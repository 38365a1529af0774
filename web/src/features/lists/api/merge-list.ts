import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ContactBulkBody, ContactBulkReply } from '../../../../../src/contract/contact-bulk.ts';
import { whenEnded } from '../../../components/use-operation.ts';
import { sendJson } from '../../../lib/api.ts';
import { strings } from '../strings.ts';
import { listPath } from './get-list.ts';

/** Moves the subscribed members of a list into another one, and deletes it when all of them are there. */
export function useMergeList(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (into: string) => {
      const body: ContactBulkBody = {
        filter: { listId: id, status: 'subscribed' },
        action: 'add-to-list',
        listId: into,
      };
      const { operationId, state } = await sendJson<ContactBulkReply>('POST', '/api/contacts/bulk', body);
      const goesOn = operationId !== null && (state === 'active' || state === 'waiting');
      const ended = goesOn ? (await whenEnded(operationId)).state : state;
      if (ended !== 'completed') throw new Error(strings.merge.failed);
      await sendJson('DELETE', listPath(id));
    },
    // Not the list itself: it is gone, and its page with it.
    onSuccess: (_, into) => {
      for (const queryKey of [['lists', 'list'], ['lists', 'choice'], ['lists', 'detail', into], ['contacts']])
        void client.invalidateQueries({ queryKey });
    },
  });
}
