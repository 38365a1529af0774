import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { User } from '../../../../../src/contract/users.ts';
import { sendJson } from '../../../lib/api.ts';

export function useChangeRole() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, role }: Pick<User, 'id' | 'role'>) =>
      sendJson<User>('PATCH', `/api/users/${encodeURIComponent(id)}`, { role }),
    onSettled: () => Promise.all(['users', 'me'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
}
