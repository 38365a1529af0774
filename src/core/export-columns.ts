import type { ExportRow } from '../db/contact-export.ts';
import { readLeadColumns } from '../domain/lead-columns.ts';

export type ExportCell = string | number | null;

/** More columns than this are no table; what has none stands in the last column of attributes. */
const MOST_COLUMNS = 300;

const FIELDS = ['email', 'firstName', 'lastName', 'name', 'tags', 'timeZone', 'locale', 'notes'];
/** Told for people. An import leaves out what begins with a #. */
const TOLD = ['#status', '#lists', '#id', '#createdAt', '#updatedAt'];

/**
 * The columns of a table of contacts. Each attribute whose name an import reads back has one. The last column before those
 * told for people, `attributes`, holds as JSON what a cell of text cannot carry (numbers, lists, blanks at the edges) and what
 * has no column, so that importing the table again gives the same contacts.
 */
export class ExportColumns {
  readonly header: readonly string[];
  readonly #attributes: readonly string[];
  readonly #isOfList: boolean;

  /** `isOfList`: the rows carry the status in one list. */
  constructor(names: readonly string[], isOfList: boolean) {
    const fixed = isOfList ? [...FIELDS, 'subscriptionStatus'] : FIELDS;
    const read = readLeadColumns([...fixed, 'attributes', ...names]).slice(fixed.length + 1);
    const isReadBack = (name: string, i: number) => {
      const column = read[i];
      return column?.kind === 'attribute' && column.name === name;
    };
    this.#attributes = names.filter(isReadBack).slice(0, MOST_COLUMNS);
    this.#isOfList = isOfList;
    this.header = [...fixed, ...this.#attributes, 'attributes', ...TOLD];
  }

  cells(row: ExportRow): ExportCell[] {
    const attributes = row.attributes as Record<string, unknown>;
    return [
      ...[row.email, row.firstName, row.lastName, row.name, row.tags.join(';'), row.timeZone, row.locale, row.notes],
      ...(this.#isOfList ? [row.statusInList] : []),
      ...this.#attributes.map((name) => cellOf(attributes[name])),
      this.#rest(attributes),
      ...[row.suppressed ?? 'active', row.lists.map(({ name, status }) => `${name} (${status})`).join('; ')],
      ...[row.id, row.createdAt.toISOString(), row.updatedAt.toISOString()],
    ];
  }

  #rest(attributes: Readonly<Record<string, unknown>>): string | null {
    const shown = new Set(this.#attributes);
    const rest = Object.entries(attributes).filter(([name, value]) => !shown.has(name) || !isText(value));
    return rest.length === 0 ? null : JSON.stringify(Object.fromEntries(rest));
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value === value.trim();
}

function cellOf(value: unknown): ExportCell {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value);
}
