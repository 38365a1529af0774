import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type { SuppressionRemoved } from '../../../../../src/contract/suppressions.ts';
import { sendJson } from '../../../lib/api.ts';

/** The answer says in words what follows. */
export function useRemoveSuppression() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      sendJson<Static<typeof SuppressionRemoved>>('DELETE', `/api/suppressions/${encodeURIComponent(id)}`),
    onSuccess: () => {
      for (const noun of ['suppressions', 'contacts']) void client.invalidateQueries({ queryKey: [noun] });
    },
  });
}
