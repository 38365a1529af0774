import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { EmailJobMoved } from '../../../../../src/contract/email-jobs.ts';
import { pathOf, sendJson } from '../../../lib/api.ts';

export type CampaignJobControl =
  | { readonly action: 'retry' | 'cancel' | 'remove'; readonly jobId: string }
  | { readonly action: 'reschedule'; readonly jobId: string; readonly at: string };

export function useControlCampaignJob() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (control: CampaignJobControl) =>
      control.action === 'remove'
        ? sendJson<EmailJobMoved | null>('DELETE', pathOf('/api/workers/jobs', { jobId: control.jobId }))
        : sendJson<EmailJobMoved | null>('POST', '/api/workers/jobs', control),
    onSettled: () => void client.invalidateQueries({ queryKey: ['workers', 'jobs'] }),
  });
}
