import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { StartupBody, StartupStatus } from '../../../../../src/contract/workers.ts';
import { sendJson } from '../../../lib/api.ts';

/** Starts or stops all workers, or sets the bounds of autoscaling. */
export function useSetStartup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: StartupBody) => sendJson<StartupStatus>('POST', '/api/workers/startup', body),
    onSettled: () => void client.invalidateQueries({ queryKey: ['workers'] }),
  });
}
