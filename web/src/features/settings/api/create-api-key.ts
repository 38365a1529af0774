import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ApiKey, NewApiKey } from '../../../../../src/contract/api-keys.ts';
import { sendJson } from '../../../lib/api.ts';

export function useCreateKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: NewApiKey) => sendJson<ApiKey & { key: string }>('POST', '/api/api-keys', wanted),
    onSuccess: () => client.invalidateQueries({ queryKey: ['api-keys'] }),
  });
}
