import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sendJson } from '../../../lib/api.ts';

export function useLookForDuplicates() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => sendJson<{ operationId: string; state: string }>('POST', '/api/contacts/duplicates'),
    onSuccess: () => client.invalidateQueries({ queryKey: ['contacts', 'duplicates'] }),
  });
}
