import { type PublicKeyCredentialRequestOptionsJSON, startAuthentication } from '@simplewebauthn/browser';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Me } from '../../../../../src/contract/auth.ts';
import type { PasskeyOptions } from '../../../../../src/contract/second-factors.ts';
import { ApiError, sendJson } from '../../../lib/api.ts';
import { strings } from '../strings.ts';
import { rememberMe } from './get-me.ts';

/** Has the browser ask for a passkey; with the ticket of a login that is half done, one of that person. */
export async function askPasskey(forTicket?: string) {
  const body = forTicket === undefined ? {} : { ticket: forTicket };
  const { ticket, options } = await sendJson<PasskeyOptions>('POST', '/api/auth/login/passkey-options', body);
  try {
    const optionsJSON = options as PublicKeyCredentialRequestOptionsJSON;
    return { ticket, response: await startAuthentication({ optionsJSON }) };
  } catch {
    throw new ApiError(0, strings.passkeyEnded);
  }
}

/** Without a password. */
export function useLogInByPasskey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => sendJson<Me>('POST', '/api/auth/login/passkey', await askPasskey()),
    onSuccess: (me) => rememberMe(client, me),
  });
}
