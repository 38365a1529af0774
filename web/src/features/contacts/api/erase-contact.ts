import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Erasure } from '../../../../../src/contract/contact-erasure.ts';
import { sendJson } from '../../../lib/api.ts';
import { contactPath } from './get-contact.ts';

export function useEraseContact(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => sendJson<Erasure>('POST', `${contactPath(id)}/erase`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['contacts', 'list'] }),
  });
}
