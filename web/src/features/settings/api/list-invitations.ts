import { useQuery } from '@tanstack/react-query';
import type { Page } from '../../../../../src/contract/common.ts';
import type { Invitation } from '../../../../../src/contract/invitations.ts';
import { getJson } from '../../../lib/api.ts';

export function useInvitations() {
  return useQuery({
    queryKey: ['invitations'],
    queryFn: ({ signal }) => getJson<Page<Invitation>>('/api/invitations?limit=1000', signal),
  });
}
