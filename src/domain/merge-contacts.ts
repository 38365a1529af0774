import { MOST_TAGS } from './tags.ts';

export interface MergedFields {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly name: string | null;
  readonly timeZone: string | null;
  readonly locale: string | null;
  readonly notes: string | null;
  readonly tags: readonly string[];
  readonly attributes: unknown;
}

export interface Merged {
  readonly fields: Partial<Pick<MergedFields, 'firstName' | 'lastName' | 'name' | 'timeZone' | 'locale' | 'notes'>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
}

/**
 * What a contact takes from others, the first of them first: whatever it lacks. Notes are put one below the other; a name
 * given whole is not joined to parts of another one.
 */
export function mergeContacts(to: MergedFields, from: readonly MergedFields[]): Merged {
  const tags = [...new Set(from.flatMap((one) => one.tags))].filter((tag) => !to.tags.includes(tag));
  return {
    fields: { ...namesFor(to, from), ...placeFor(to, from), ...notesFor(to, from) },
    attributes: attributesFor(to, from),
    tags: tags.slice(0, Math.max(0, MOST_TAGS - to.tags.length)),
  };
}

const NAMES = ['firstName', 'lastName', 'name'] as const;
const PLACE = ['timeZone', 'locale'] as const;

function namesFor(to: MergedFields, from: readonly MergedFields[]): Merged['fields'] {
  const isNamed = (one: MergedFields) => NAMES.some((field) => one[field] !== null);
  const named = isNamed(to) ? undefined : from.find(isNamed);
  return named ? withValues(NAMES.map((field) => [field, named[field]])) : {};
}

function placeFor(to: MergedFields, from: readonly MergedFields[]): Merged['fields'] {
  const missing = PLACE.filter((field) => to[field] === null);
  return withValues(missing.map((field) => [field, from.find((one) => one[field] !== null)?.[field] ?? null]));
}

function notesFor(to: MergedFields, from: readonly MergedFields[]): Merged['fields'] {
  const notes = [...new Set([to, ...from].flatMap((one) => one.notes ?? []))].join('\n\n');
  return notes === (to.notes ?? '') ? {} : { notes };
}

function withValues(entries: ReadonlyArray<readonly [string, string | null]>): Merged['fields'] {
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

function attributesFor(to: MergedFields, from: readonly MergedFields[]): Record<string, unknown> {
  const all = Object.assign({}, ...from.map((one) => one.attributes).reverse()) as Record<string, unknown>;
  const own = to.attributes as object;
  return Object.fromEntries(Object.entries(all).filter(([name]) => !Object.hasOwn(own, name)));
}
