import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Account, AccountChange, NewAccount } from '../../../../../src/contract/accounts.ts';
import { sendJson } from '../../../lib/api.ts';

type Saved = { readonly id: null; readonly body: NewAccount } | { readonly id: string; readonly body: AccountChange };

/** A null id makes a new one. */
export function useSaveAccount() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, body }: Saved) =>
      id === null
        ? sendJson<Account>('POST', '/api/accounts', body)
        : sendJson<Account>('PATCH', `/api/accounts/${encodeURIComponent(id)}`, body),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['accounts'] }),
  });
}
