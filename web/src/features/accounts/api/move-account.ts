import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Account } from '../../../../../src/contract/accounts.ts';
import { sendJson } from '../../../lib/api.ts';

interface Move {
  readonly id: string;
  readonly move: 'pause' | 'resume';
}

export function useMoveAccount() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, move }: Move) => sendJson<Account>('POST', `/api/accounts/${encodeURIComponent(id)}/${move}`),
    onSettled: () => void client.invalidateQueries({ queryKey: ['accounts'] }),
  });
}
