import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sendJson } from '../../../lib/api.ts';

interface Control {
  readonly action: 'restart' | 'stop';
  /** Left out: all of them. */
  readonly workerId?: string;
}

export function useControlWorker() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (control: Control) => sendJson('POST', '/api/workers', control),
    onSettled: () => void client.invalidateQueries({ queryKey: ['workers'] }),
  });
}
