import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Me } from '../../../../../src/contract/auth.ts';
import type { SecondFactorBody } from '../../../../../src/contract/second-factors.ts';
import { sendJson } from '../../../lib/api.ts';
import { rememberMe } from './get-me.ts';
import { askPasskey } from './log-in-by-passkey.ts';

/** `passkey: true` asks the browser for one first. */
type Proof = Pick<SecondFactorBody, 'ticket' | 'totp' | 'recoveryCode'> & { readonly passkey?: boolean };

/** Ends a login that asks for a second factor. */
export function useFinishLogIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ passkey = false, ...proof }: Proof) => {
      const answer = passkey ? { passkey: (await askPasskey(proof.ticket)).response } : {};
      return sendJson<Me>('POST', '/api/auth/login/second-factor', { ...proof, ...answer });
    },
    onSuccess: (me) => rememberMe(client, me),
  });
}
