import type { Contact } from '../../../../src/contract/contacts.ts';

/** How somebody is called; empty where nobody knows. */
export function nameOf({ firstName, lastName, name }: Pick<Contact, 'firstName' | 'lastName' | 'name'>): string {
  const parts = [firstName, lastName].filter((part) => part !== null && part !== '');
  return parts.length === 0 ? (name ?? '') : parts.join(' ');
}
