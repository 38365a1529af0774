import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { WorkspaceUserCounts } from '../../../../../src/contract/workspace-users.ts';
import { sendJson } from '../../../lib/api.ts';

/** Reads the directory now. */
export function useSyncWorkspaceUsers(accountId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      sendJson<WorkspaceUserCounts>('POST', `/api/accounts/${encodeURIComponent(accountId)}/users/sync`),
    onSettled: () => void client.invalidateQueries({ queryKey: ['accounts'] }),
  });
}
