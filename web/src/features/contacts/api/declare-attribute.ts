import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AttributeType } from '../../../../../src/contract/contact-attributes.ts';
import { sendJson } from '../../../lib/api.ts';

/** From then on every value of the attribute has this type. */
export function useDeclareAttribute() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, type }: { name: string; type: AttributeType }) =>
      sendJson('PUT', `/api/contacts/attributes/${encodeURIComponent(name)}`, { type }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['attributes'] }),
  });
}
