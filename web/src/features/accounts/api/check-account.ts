import { useMutation } from '@tanstack/react-query';
import type { AccountReport, AccountTrial } from '../../../../../src/contract/accounts.ts';
import { sendJson } from '../../../lib/api.ts';

/** Connects and logs in with settings that need not be saved. Sends nothing. */
export function useCheckAccount() {
  return useMutation({
    mutationFn: (trial: AccountTrial) => sendJson<AccountReport>('POST', '/api/accounts/check', trial),
  });
}
