import { useQuery } from '@tanstack/react-query';
import type { SessionInfo } from '../../../../../src/contract/auth.ts';
import { getJson } from '../../../lib/api.ts';

export function useSessions() {
  return useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => getJson<{ items: SessionInfo[] }>('/api/auth/sessions', signal),
  });
}
