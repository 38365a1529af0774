import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ContactCount } from '../../../../../src/contract/contacts.ts';
import { getJson, pathOf } from '../../../lib/api.ts';
import { type ContactFilter, queryOf } from '../contact-filter.ts';

/** How many fit: exactly, or between two bounds. */
export function useContactCount(filter: ContactFilter): ContactCount | undefined {
  const query = queryOf(filter);
  return useQuery({
    queryKey: ['contacts', 'count', query],
    queryFn: ({ signal }) => getJson<ContactCount>(pathOf('/api/contacts/count', query), signal),
    placeholderData: keepPreviousData,
  }).data;
}
