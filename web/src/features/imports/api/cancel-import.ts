import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ImportStatus } from '../../../../../src/contract/imports.ts';
import { pathOf, sendJson } from '../../../lib/api.ts';

export function useCancelImport(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => sendJson<ImportStatus>('DELETE', pathOf('/api/queue/leads/import', { importId: id })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['imports'] }),
  });
}
