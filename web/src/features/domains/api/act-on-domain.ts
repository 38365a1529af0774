import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Domain } from '../../../../../src/contract/domains.ts';
import { sendJson } from '../../../lib/api.ts';

/** Asks the DNS now, or makes a new key. */
export function useActOnDomain(id: string, act: 'check' | 'rotate') {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => sendJson<Domain>('POST', `/api/domains/${encodeURIComponent(id)}/${act}`, {}),
    onSuccess: (domain) => client.setQueryData(['domains', 'detail', id], domain),
    onSettled: () => void client.invalidateQueries({ queryKey: ['domains'] }),
  });
}
