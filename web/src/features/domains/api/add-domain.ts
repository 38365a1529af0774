import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Domain, NewDomain } from '../../../../../src/contract/domains.ts';
import { sendJson } from '../../../lib/api.ts';

export function useAddDomain() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewDomain) => sendJson<Domain>('POST', '/api/domains', body),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['domains'] }),
  });
}
