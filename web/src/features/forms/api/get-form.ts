import { useQuery } from '@tanstack/react-query';
import type { Form } from '../../../../../src/contract/forms.ts';
import { getJson } from '../../../lib/api.ts';

export function formPath(id: string): string {
  return `/api/forms/${encodeURIComponent(id)}`;
}

export function useForm(id: string) {
  return useQuery({
    queryKey: ['forms', 'detail', id],
    queryFn: ({ signal }) => getJson<Form>(formPath(id), signal),
    // Somebody is changing it: it must not change under their hands.
    staleTime: Number.POSITIVE_INFINITY,
  });
}
