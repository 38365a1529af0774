import { useQuery } from '@tanstack/react-query';
import type { Page } from '../../../../../src/contract/common.ts';
import type { User } from '../../../../../src/contract/users.ts';
import { getJson } from '../../../lib/api.ts';

export function useMembers() {
  return useQuery({
    queryKey: ['users'],
    queryFn: ({ signal }) => getJson<Page<User>>('/api/users?limit=1000', signal),
  });
}
