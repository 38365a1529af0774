import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { NewInvitation, SentInvitation } from '../../../../../src/contract/invitations.ts';
import { sendJson } from '../../../lib/api.ts';

/** A new one, or with an id the same once more. */
export function useInvite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: NewInvitation | { id: string }) =>
      'id' in wanted
        ? sendJson<SentInvitation>('POST', `/api/invitations/${encodeURIComponent(wanted.id)}/resend`)
        : sendJson<SentInvitation>('POST', '/api/invitations', wanted),
    onSuccess: () => client.invalidateQueries({ queryKey: ['invitations'] }),
  });
}
