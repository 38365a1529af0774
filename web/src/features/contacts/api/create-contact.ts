import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ContactDetail, NewContact } from '../../../../../src/contract/contacts.ts';
import { sendJson } from '../../../lib/api.ts';

export function useCreateContact() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (contact: NewContact) => sendJson<ContactDetail>('POST', '/api/contacts', contact),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['contacts'] });
      void client.invalidateQueries({ queryKey: ['lists'] });
    },
  });
}
