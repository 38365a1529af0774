import { useMutation } from '@tanstack/react-query';
import type { AccountTest, AccountTestResult } from '../../../../../src/contract/accounts.ts';
import { sendJson } from '../../../lib/api.ts';

export function useSendTest(accountId: string) {
  return useMutation({
    mutationFn: (body: AccountTest) =>
      sendJson<AccountTestResult>('POST', `/api/accounts/${encodeURIComponent(accountId)}/test`, body),
  });
}
