import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AccountTestResult } from '../../../../../src/contract/accounts.ts';
import { sendJson } from '../../../lib/api.ts';

const TO = 'first.test@example.com';

/** One message into the built-in mailbox, through its own account. */
export function useTestMailbox(accountId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      sendJson<AccountTestResult>('POST', `/api/accounts/${encodeURIComponent(accountId)}/test`, { to: TO }),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['overview'] }),
  });
}
