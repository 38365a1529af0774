import { useMutation } from '@tanstack/react-query';
import type { ConfirmBody } from '../../../../../src/contract/auth.ts';
import { sendJson } from '../../../lib/api.ts';

export function useConfirmIdentity() {
  return useMutation({ mutationFn: (body: ConfirmBody) => sendJson<null>('POST', '/api/auth/confirm', body) });
}
