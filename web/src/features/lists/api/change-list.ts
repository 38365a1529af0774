import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { List, ListChange } from '../../../../../src/contract/lists.ts';
import { sendJson } from '../../../lib/api.ts';
import { listPath } from './get-list.ts';

export function useChangeList(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: ListChange) => sendJson<List>('PATCH', listPath(id), change),
    onSuccess: (list) => {
      client.setQueryData(['lists', 'detail', id], list);
      return client.invalidateQueries({ queryKey: ['lists'] });
    },
  });
}
