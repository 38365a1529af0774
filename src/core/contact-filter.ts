import { domainToASCII } from 'node:url';
import type { ContactFilterBody } from '../contract/contacts.ts';
import type { ContactFilter } from '../db/contact-filter.ts';
import { invalid } from './content.ts';
import type { Caller } from './context.ts';

/** What a request means by its filter. Throws VALIDATION for a status without a list. */
export function readContactFilter(caller: Caller, body: ContactFilterBody): ContactFilter {
  const { attribute, tag, listId, status } = body;
  if (status !== undefined && listId === undefined)
    throw invalid('status', 'needs a listId: it is the status in a list');
  const search = readSearch(body.search ?? '');
  return {
    workspaceId: caller.workspaceId,
    ...(search === '' ? {} : { search }),
    ...(attribute === undefined ? {} : { attribute: readAttribute(attribute) }),
    ...(tag === undefined ? {} : { tag: tag.trim().normalize('NFC') }),
    ...(listId === undefined ? {} : { listId }),
    ...(status === undefined ? {} : { status }),
  };
}

/** Domains are kept in ASCII. */
function readSearch(text: string): string {
  const search = text.trimStart().replaceAll('\0', '');
  if (!search.startsWith('@')) return search;
  const domain = search.slice(1).trim();
  return `@${domainToASCII(domain) || domain}`;
}

function readAttribute(text: string): { name: string; value: string } {
  const at = text.indexOf(':');
  return { name: text.slice(0, at).replaceAll('\0', ''), value: text.slice(at + 1).replaceAll('\0', '') };
}
