import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { List, NewList } from '../../../../../src/contract/lists.ts';
import { sendJson } from '../../../lib/api.ts';

export function useCreateList() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (list: NewList) => sendJson<List>('POST', '/api/lists', list),
    onSuccess: () => client.invalidateQueries({ queryKey: ['lists'] }),
  });
}
