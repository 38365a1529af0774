import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Me } from '../../../../../src/contract/auth.ts';
import type { SetupBody } from '../../../../../src/contract/setup.ts';
import { sendJson } from '../../../lib/api.ts';

export function useFinishSetup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SetupBody) => sendJson<Me>('POST', '/api/setup', body),
    onSuccess: (me) => client.setQueryData(['me'], me),
  });
}
