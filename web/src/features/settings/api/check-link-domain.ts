import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Settings } from '../../../../../src/contract/settings.ts';
import { sendJson } from '../../../lib/api.ts';

export function useCheckLinkDomain() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => sendJson<Settings>('POST', '/api/settings/tracking-domain/check', {}),
    onSuccess: (settings) => client.setQueryData(['settings'], settings),
    onError: () => client.invalidateQueries({ queryKey: ['settings'] }),
  });
}
