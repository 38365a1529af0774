import { type ColumnMapping, knownField } from './lead-columns.ts';

const OWN = new Set(['email', 'firstName', 'lastName', 'name', 'tags', 'notes', 'timeZone', 'locale', 'attributes']);
const MOST_KEPT = 10_000;

/**
 * Names of the values in objects of a JSON import: fields of contacts are known by the same titles as columns ("EMAIL",
 * "First Name"), unless the object has the field under its own name; what is none stays an attribute under its name.
 */
export class LeadKeys {
  readonly #mapping: ColumnMapping;
  readonly #names = new Map<string, string | null>();

  constructor(mapping: ColumnMapping | null) {
    this.#mapping = mapping ?? {};
  }

  /** Null: it is left out. */
  nameOf(key: string): string | null {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    if (this.#names.size >= MOST_KEPT) this.#names.clear();
    const mapped = this.#mapping[key];
    const name = mapped !== undefined ? mapped : OWN.has(key) ? key : (knownField(key) ?? key);
    this.#names.set(key, name);
    return name;
  }

  /** The object under the names above; the same one where nothing is called otherwise. */
  renamed(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    if (Object.keys(value).every((key) => this.nameOf(key) === key)) return value;
    const renamed: Record<string, unknown> = {};
    for (const key in value) {
      const name = this.nameOf(key);
      if (name === null) continue;
      const isTaken = name !== key && (Object.hasOwn(value, name) || Object.hasOwn(renamed, name));
      renamed[isTaken && this.#mapping[key] === undefined ? key : name] = value[key];
    }
    return renamed;
  }
}
