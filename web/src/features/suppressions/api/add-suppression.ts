import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { NewSuppression, Suppression } from '../../../../../src/contract/suppressions.ts';
import { sendJson } from '../../../lib/api.ts';

export function useAddSuppression() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (entry: NewSuppression) => sendJson<Suppression>('POST', '/api/suppressions', entry),
    onSuccess: () => {
      for (const noun of ['suppressions', 'contacts']) void client.invalidateQueries({ queryKey: [noun] });
    },
  });
}
