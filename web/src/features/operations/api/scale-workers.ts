import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sendJson } from '../../../lib/api.ts';
import { workersQuery } from './get-workers.ts';

/** How many there should be, shown at once; null gives the number back to autoscaling. Taken back when the server refuses. */
export function useScaleWorkers() {
  const client = useQueryClient();
  const key = workersQuery.queryKey;
  return useMutation({
    mutationFn: (count: number | null) => sendJson('POST', '/api/workers', { action: 'scale', count }),
    scope: { id: 'scale-workers' }, // one after the other: the last one counts
    onMutate: async (count) => {
      await client.cancelQueries({ queryKey: key });
      const before = client.getQueryData(key);
      client.setQueryData(key, (now) => {
        if (!now) return now;
        const asked = count === null ? { mode: 'automatic' } : { mode: 'manual', desired: count, state: 'running' };
        return { ...now, stats: { ...now.stats, ...asked } };
      });
      return { before };
    },
    onError: (_error, _count, context) => context?.before && client.setQueryData(key, context.before),
    // While clicks are on their way, what the server says of earlier ones would jump back.
    onSettled: async () => {
      if (client.isMutating({ mutationKey: ['workers', 'scale'] }) <= 1)
        await client.invalidateQueries({ queryKey: key });
    },
    mutationKey: ['workers', 'scale'],
  });
}
