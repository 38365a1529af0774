import { useMutation } from '@tanstack/react-query';
import type { Me } from '../../../../../src/contract/auth.ts';
import { sendJson } from '../../../lib/api.ts';

/** Goes on in another workspace, with the same session. The page is read anew: nothing on it is of that one. */
export function useSwitchWorkspace() {
  return useMutation({
    mutationFn: (workspaceId: string) => sendJson<Me>('POST', '/api/auth/workspace', { workspaceId }),
    onSuccess: () => window.location.assign('/'),
  });
}
