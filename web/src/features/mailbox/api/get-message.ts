import { useQuery } from '@tanstack/react-query';
import type { SandboxMessage } from '../../../../../src/contract/sandbox.ts';
import { getJson } from '../../../lib/api.ts';

/** A message never changes, so it is read once. */
export function useMessage(id: string) {
  return useQuery({
    queryKey: ['mailbox', 'message', id],
    queryFn: ({ signal }) => getJson<SandboxMessage>(`/api/sandbox/messages/${encodeURIComponent(id)}`, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
