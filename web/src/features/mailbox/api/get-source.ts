import { useQuery } from '@tanstack/react-query';
import { getText } from '../../../lib/api.ts';

export function useSource(id: string) {
  return useQuery({
    queryKey: ['mailbox', 'source', id],
    queryFn: ({ signal }) => getText(`/api/sandbox/messages/${encodeURIComponent(id)}/source`, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
