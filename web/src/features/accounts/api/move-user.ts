import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { WorkspaceUser } from '../../../../../src/contract/workspace-users.ts';
import { sendJson } from '../../../lib/api.ts';

interface Move {
  readonly userId: string;
  readonly move: 'pause' | 'resume';
}

export function useMoveWorkspaceUser(accountId: string) {
  const client = useQueryClient();
  const path = `/api/accounts/${encodeURIComponent(accountId)}/users`;
  return useMutation({
    mutationFn: ({ userId, move }: Move) =>
      sendJson<WorkspaceUser>('POST', `${path}/${encodeURIComponent(userId)}/${move}`),
    onSettled: () => void client.invalidateQueries({ queryKey: ['accounts', 'users', accountId] }),
  });
}
