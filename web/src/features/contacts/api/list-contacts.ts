import type { Contact } from '../../../../../src/contract/contacts.ts';
import { useRows } from '../../../lib/use-rows.ts';
import { type ContactFilter, queryOf } from '../contact-filter.ts';

/** Contacts that fit, newest first. */
export function useContacts(filter: ContactFilter) {
  const query = queryOf(filter);
  return useRows<Contact>({ queryKey: ['contacts', 'list', query], path: '/api/contacts', query });
}
