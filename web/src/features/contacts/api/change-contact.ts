import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ContactChange, ContactDetail } from '../../../../../src/contract/contacts.ts';
import { sendJson } from '../../../lib/api.ts';
import { contactPath } from './get-contact.ts';

export function useChangeContact(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: ContactChange) => sendJson<ContactDetail>('PATCH', contactPath(id), change),
    onSuccess: (contact) => {
      client.setQueryData(['contacts', 'detail', id], contact);
      void client.invalidateQueries({ queryKey: ['contacts', 'list'] });
    },
  });
}
