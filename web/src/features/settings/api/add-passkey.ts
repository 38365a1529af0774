import { type PublicKeyCredentialCreationOptionsJSON, startRegistration } from '@simplewebauthn/browser';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { EnrolledPasskey, PasskeyOptions } from '../../../../../src/contract/second-factors.ts';
import { ApiError, sendJson } from '../../../lib/api.ts';
import { useConfirmed } from '../confirmation.ts';
import { strings } from '../strings.ts';

/** Has the browser make one, and keeps it. */
export function useAddPasskey() {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  return useMutation({
    mutationFn: async (name: string) => {
      const { ticket, options } = await confirmed(() => sendJson<PasskeyOptions>('POST', '/api/auth/passkeys/options'));
      const response = await make(options as PublicKeyCredentialCreationOptionsJSON);
      return sendJson<EnrolledPasskey>('POST', '/api/auth/passkeys', { ticket, name, response });
    },
    onSuccess: () =>
      Promise.all(['me', 'sessions', 'passkeys'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
}

async function make(optionsJSON: PublicKeyCredentialCreationOptionsJSON) {
  try {
    return await startRegistration({ optionsJSON });
  } catch (error) {
    const isAddress =
      error instanceof Error && /SecurityError|invalid domain|RP ID/i.test(`${error.name} ${error.message}`);
    throw new ApiError(0, isAddress ? strings.passkeys.notHere : strings.passkeys.ended);
  }
}
