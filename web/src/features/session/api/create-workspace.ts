import { useMutation } from '@tanstack/react-query';
import type { Workspace } from '../../../../../src/contract/workspaces.ts';
import { sendJson } from '../../../lib/api.ts';

export function useCreateWorkspace() {
  return useMutation({
    mutationFn: (name: string) => sendJson<Workspace>('POST', '/api/workspaces', { name }),
  });
}
