import { useQuery } from '@tanstack/react-query';
import type { ContactDetail } from '../../../../../src/contract/contacts.ts';
import { getJson } from '../../../lib/api.ts';

export function contactPath(id: string): string {
  return `/api/contacts/${encodeURIComponent(id)}`;
}

export function useContact(id: string) {
  return useQuery({
    queryKey: ['contacts', 'detail', id],
    queryFn: ({ signal }) => getJson<ContactDetail>(contactPath(id), signal),
  });
}
