import { useQuery } from '@tanstack/react-query';
import type { ContactAttribute } from '../../../src/contract/contact-attributes.ts';
import { getJson } from '../lib/api.ts';

/** The attributes whose type is declared, by name. */
export function useAttributes(): readonly ContactAttribute[] | undefined {
  return useQuery({
    queryKey: ['attributes'],
    queryFn: ({ signal }) => getJson<{ items: ContactAttribute[] }>('/api/contacts/attributes', signal),
    select: ({ items }) => items,
  }).data;
}
