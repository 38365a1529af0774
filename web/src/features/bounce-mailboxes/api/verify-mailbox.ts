import { useMutation } from '@tanstack/react-query';
import type { BounceMailboxReport } from '../../../../../src/contract/bounce-mailboxes.ts';
import { sendJson } from '../../../lib/api.ts';

/** Logs in and opens the folder; fetches nothing. */
export function useVerifyMailbox() {
  return useMutation({
    mutationFn: (id: string) =>
      sendJson<BounceMailboxReport>('POST', `/api/bounce-mailboxes/${encodeURIComponent(id)}/verify`, {}),
  });
}
