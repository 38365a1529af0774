import type { ContactFilterBody } from '../../../../src/contract/contacts.ts';

const STATUSES = ['subscribed', 'unconfirmed', 'unsubscribed'] as const;
export type ListStatus = (typeof STATUSES)[number];

/** Which contacts the page shows, as it stands in the address. */
export interface ContactFilter {
  /** The beginning of an address or a name. */
  readonly search: string;
  readonly listId: string | null;
  /** In that list. */
  readonly status: ListStatus | null;
  readonly tag: string | null;
  /** `city:Rome` */
  readonly attribute: string | null;
}

export const EVERYBODY: ContactFilter = { search: '', listId: null, status: null, tag: null, attribute: null };

const NAMES = { search: 'q', listId: 'list', status: 'status', tag: 'tag', attribute: 'attribute' } as const;

export function filterOf(params: URLSearchParams): ContactFilter {
  const read = (name: keyof typeof NAMES) => params.get(NAMES[name]) || null;
  const listId = read('listId');
  const attribute = read('attribute');
  return {
    search: read('search') ?? '',
    listId,
    status: listId === null ? null : (STATUSES.find((status) => status === params.get('status')) ?? null),
    tag: read('tag'),
    attribute: attribute !== null && /^[^:]{1,100}:/.test(attribute) ? attribute : null,
  };
}

/** The address with another filter; what else stands in it stays. */
export function paramsWith(params: URLSearchParams, filter: ContactFilter): URLSearchParams {
  const changed = new URLSearchParams(params);
  for (const [name, key] of Object.entries(NAMES) as Array<[keyof typeof NAMES, string]>) {
    const value = filter[name];
    if (value === null || value === '') changed.delete(key);
    else changed.set(key, value);
  }
  if (filter.listId === null) changed.delete(NAMES.status);
  return changed;
}

/** As the API takes it. */
export function queryOf({ search, listId, status, tag, attribute }: ContactFilter): ContactFilterBody {
  return {
    ...(search.trim() === '' ? {} : { search: search.trim() }),
    ...(listId === null ? {} : { listId }),
    ...(listId === null || status === null ? {} : { status }),
    ...(tag === null ? {} : { tag }),
    ...(attribute === null ? {} : { attribute }),
  };
}

export function isEverybody(filter: ContactFilter): boolean {
  return Object.keys(queryOf(filter)).length === 0;
}

/** `city:Rome` in two. */
export function partsOfAttribute(attribute: string): { name: string; value: string } {
  const at = attribute.indexOf(':');
  return { name: attribute.slice(0, at), value: attribute.slice(at + 1) };
}
