import { useMutation } from '@tanstack/react-query';
import type { TotpEnrolment } from '../../../../../src/contract/second-factors.ts';
import { sendJson } from '../../../lib/api.ts';
import { useConfirmed } from '../confirmation.ts';

/** Draws a secret; it counts for nothing before it is confirmed. */
export function useBeginTotp() {
  const confirmed = useConfirmed();
  return useMutation({
    mutationFn: () => confirmed(() => sendJson<TotpEnrolment>('POST', '/api/auth/totp')),
  });
}
