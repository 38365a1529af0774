import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RecoveryCodes } from '../../../../../src/contract/second-factors.ts';
import { sendJson } from '../../../lib/api.ts';
import { useConfirmed } from '../confirmation.ts';

export function useRenewRecoveryCodes() {
  const client = useQueryClient();
  const confirmed = useConfirmed();
  return useMutation({
    mutationFn: () => confirmed(() => sendJson<RecoveryCodes>('POST', '/api/auth/recovery-codes')),
    onSuccess: () => client.invalidateQueries({ queryKey: ['me'] }),
  });
}
