import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ContactBulkBody, ContactBulkReply } from '../../../../../src/contract/contact-bulk.ts';
import { sendJson } from '../../../lib/api.ts';

/** Does one thing to many contacts; what takes long goes on in the background. */
export function useBulk() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ContactBulkBody) => sendJson<ContactBulkReply>('POST', '/api/contacts/bulk', body),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['contacts'] });
      void client.invalidateQueries({ queryKey: ['lists'] });
    },
  });
}
