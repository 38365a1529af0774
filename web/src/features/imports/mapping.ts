import type { AttributeType } from '../../../../src/contract/contact-attributes.ts';
import type { ImportPreview } from '../../../../src/contract/imports.ts';

/** What a column may become beside an attribute. */
const FIELDS = [
  'email',
  'firstName',
  'lastName',
  'name',
  'tags',
  'notes',
  'timeZone',
  'locale',
  'status',
  'subscription',
  'attributes',
] as const;
export type Field = (typeof FIELDS)[number];

/** Fields that a mapping may name; the others are only recognised. */
export const CHOICES = ['email', 'firstName', 'lastName', 'name', 'tags', 'notes', 'timeZone', 'locale'] as const;

export const TYPES = ['string', 'number', 'date', 'boolean', 'array'] as const;

/** What becomes of a column. */
export type Target =
  | { readonly kind: 'field'; readonly field: Field }
  | { readonly kind: 'attribute'; readonly name: string }
  /** An attribute that is made for it. */
  | { readonly kind: 'new'; readonly name: string; readonly type: AttributeType }
  | { readonly kind: 'none' };

export type Mapping = Readonly<Record<string, Target>>;

type Column = ImportPreview['columns'][number];

/** What the server takes a column for. */
export function guessOf({ target, isAttribute }: Column): Target {
  if (target === null) return { kind: 'none' };
  if (isAttribute) return { kind: 'attribute', name: target };
  const field = FIELDS.find((each) => each === target);
  return field ? { kind: 'field', field } : { kind: 'attribute', name: target };
}

export function mappingOf(columns: readonly Column[], changed: Mapping): Mapping {
  return Object.fromEntries(columns.map((column) => [column.header, changed[column.header] ?? guessOf(column)]));
}

/**
 * As the API takes it; undefined: nobody changed anything. All columns are said, because a mapping takes the place of the one
 * before; but for what is recognised and no name of a mapping can say.
 */
export function bodyOf(columns: readonly Column[], changed: Mapping): Record<string, string | null> | undefined {
  if (Object.keys(changed).length === 0) return undefined;
  const body: Record<string, string | null> = {};
  for (const [header, target] of Object.entries(mappingOf(columns, changed))) {
    if (target.kind === 'field' && !CHOICES.some((choice) => choice === target.field)) continue;
    body[header.trim()] = target.kind === 'none' ? null : target.kind === 'field' ? target.field : target.name;
  }
  return body;
}

/** Types to be declared before the import, so that values are kept as such. */
export function declarationsOf(mapping: Mapping): Array<{ name: string; type: AttributeType }> {
  return Object.values(mapping).flatMap((target) =>
    target.kind === 'new' ? [{ name: target.name, type: target.type }] : [],
  );
}

const NAME = /^[\p{L}_][\p{L}\p{N}_-]{0,99}$/u;

export type MappingFault = 'noEmail' | 'badName' | 'twice';

/** What keeps a mapping from being used; null: nothing. */
export function faultOf(mapping: Mapping): MappingFault | null {
  const targets = Object.values(mapping).filter((target) => target.kind !== 'none');
  if (!targets.some((target) => target.kind === 'field' && target.field === 'email')) return 'noEmail';
  const names = targets.map((target) => (target.kind === 'field' ? target.field : target.name));
  if (targets.some((target) => target.kind === 'new' && !NAME.test(target.name))) return 'badName';
  return new Set(names).size === names.length ? null : 'twice';
}

/** A header as the name of an attribute: `Phone Number` → `phoneNumber`. */
export function nameFrom(header: string): string {
  const [first = '', ...rest] = header.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== '');
  const camel = rest.map((part) => part.charAt(0).toUpperCase() + part.slice(1));
  const name = `${first.charAt(0).toLowerCase()}${first.slice(1)}${camel.join('')}`;
  return /^[\p{L}_]/u.test(name) ? name.slice(0, 100) : `_${name}`.slice(0, 100);
}

const HEAD_BYTES = 64 * 1024;

/** The header of a CSV file of this machine, for who has to say which column holds the addresses. */
export async function readHeader(file: Blob): Promise<string[]> {
  const text = await file.slice(0, HEAD_BYTES).text();
  return headerOf(text);
}

export function headerOf(text: string): string[] {
  const line = (text.replace(/^\uFEFF/, '').split(/\r?\n|\r/)[0] ?? '').trim();
  const delimiter = [',', ';', '\t', '|'].reduce((best, each) =>
    line.split(each).length > line.split(best).length ? each : best,
  );
  return line
    .split(delimiter)
    .map((title) => title.trim().replace(/^"(.*)"$/, '$1'))
    .filter((title) => title !== '');
}
