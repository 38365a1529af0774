import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { MergeReply } from '../../../../../src/contract/contact-duplicates.ts';
import { sendJson } from '../../../lib/api.ts';
import { contactPath } from './get-contact.ts';

interface Merge {
  /** The contact that stays. */
  readonly into: string;
  readonly from: readonly string[];
}

export function useMergeContacts() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ into, from }: Merge) => sendJson<MergeReply>('POST', `${contactPath(into)}/merge`, { from }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['contacts'] }),
  });
}
