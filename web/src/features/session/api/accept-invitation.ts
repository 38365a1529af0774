import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Me, SecondFactorDue } from '../../../../../src/contract/auth.ts';
import type { InvitationAcceptance } from '../../../../../src/contract/invitations.ts';
import { sendJson } from '../../../lib/api.ts';
import { rememberMe } from './get-me.ts';

/** With a password; `join` with the session there is. */
export function useAcceptInvitation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: InvitationAcceptance | { token: string }) =>
      sendJson<Me | SecondFactorDue>(
        'POST',
        'password' in body ? '/api/auth/invitation/accept' : '/api/auth/invitation/join',
        body,
      ),
    onSuccess: (answer) => rememberMe(client, answer),
  });
}
