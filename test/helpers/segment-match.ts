/** A contact with everything that filters ask about, as a test writes it. */
export interface Person {
  readonly email: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly name: string | null;
  readonly locale: string | null;
  readonly timeZone: string | null;
  readonly createdAt: Date;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly lists: Readonly<Record<string, string>>;
  readonly suppressed: string | null;
  readonly did: readonly Deed[];
}

export interface Deed {
  readonly activity: string;
  readonly campaignId: string;
  readonly at: Date;
  readonly link?: string;
}

/** A filter as people write it. */
// biome-ignore lint/suspicious/noExplicitAny: what a request holds
export type GivenFilter = any;

export interface Circumstances {
  readonly now: Date;
  /** Attributes and their declared types. */
  readonly types: Readonly<Record<string, string>>;
}

const DAY_MS = 86_400_000;
const iso = (at: number) => new Date(at).toISOString().slice(0, 10);

/** What the guide says a filter means, in the plainest way there is; days are those of UTC. The SQL is compared with it. */
export function matches(filter: GivenFilter, person: Person, given: Circumstances): boolean {
  if (filter.and) return filter.and.every((part: GivenFilter) => matches(part, person, given));
  if (filter.or) return filter.or.some((part: GivenFilter) => matches(part, person, given));
  if (filter.not) return !filter.not.some((part: GivenFilter) => matches(part, person, given));
  if (filter.activity) return didActivity(filter, person, given) === (filter.op !== 'didNot');
  if (filter.field === 'status') return hasStatus(filter.value, person) === (filter.op === 'is');
  if (filter.field === 'lists') return isInLists(filter, person) === (filter.op === 'in');
  if (filter.field === 'tags') return matchesArray(filter, [...person.tags], person.tags.length === 0);
  if (filter.field === 'createdAt') return matchesDate(filter, person.createdAt.toISOString(), false, given.now);
  if (filter.field) return matchesField(filter, person);
  const value = person.attributes[filter.attribute];
  const isAbsent = value === undefined || value === null || value === '';
  switch (given.types[filter.attribute]) {
    case 'string': {
      const fits = ['string', 'number', 'boolean'].includes(typeof value);
      return matchesText(filter, fits ? String(value) : null, isAbsent);
    }
    case 'number':
      return matchesNumber(filter, asNumber(value), isAbsent);
    case 'date':
      return matchesDate(filter, asDate(value), isAbsent, given.now);
    case 'boolean':
      return matchesBoolean(filter, asBoolean(value), isAbsent);
    default: {
      const isEmpty = isAbsent || (Array.isArray(value) && value.length === 0);
      const texts = (list: unknown[]) =>
        list.map((item) => (item === null ? null : typeof item === 'object' ? JSON.stringify(item) : String(item)));
      return matchesArray(filter, Array.isArray(value) ? texts(value) : null, isEmpty);
    }
  }
}

function matchesField(filter: GivenFilter, person: Person): boolean {
  const { firstName, lastName } = person;
  const both = [firstName, lastName].filter((part) => part !== null).join(' ');
  const values: Record<string, string | null> = {
    email: person.email,
    domain: person.email.slice(person.email.lastIndexOf('@') + 1),
    firstName,
    lastName,
    name: person.name ?? (both === '' ? null : both),
    locale: person.locale,
    timeZone: person.timeZone,
  };
  const value = values[filter.field] ?? null;
  return matchesText(filter, value, value === null || value === '');
}

function matchesText({ op, value }: GivenFilter, text: string | null, isAbsent: boolean): boolean {
  const lower = text === null ? null : text.toLowerCase();
  const all = [value].flat().map((wanted) => String(wanted).toLowerCase());
  const [first = ''] = all;
  if (op === 'isNotSet') return isAbsent;
  const negated: Record<string, string> = { isNot: 'is', notContains: 'contains', isNoneOf: 'isOneOf' };
  const positive = negated[op];
  if (positive) return lower === null ? isAbsent : !textHolds(positive, lower, first, all);
  return lower !== null && textHolds(op, lower, first, all);
}

function textHolds(op: string, text: string, first: string, all: readonly string[]): boolean {
  switch (op) {
    case 'is':
      return text === first;
    case 'contains':
      return text.includes(first);
    case 'startsWith':
      return text.startsWith(first);
    case 'endsWith':
      return text.endsWith(first);
    case 'isOneOf':
      return all.includes(text);
    default:
      return text !== '';
  }
}

function asNumber(value: unknown): number | null {
  if (typeof value === 'number') return value;
  const fits =
    typeof value === 'string' && value.length <= 400 && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(value);
  return fits ? Number(value) : null;
}

function matchesNumber({ op, value }: GivenFilter, number: number | null, isAbsent: boolean): boolean {
  if (op === 'isNotSet') return isAbsent;
  if (number === null) return op === 'isNot' && isAbsent;
  const [first, last] = [value].flat();
  switch (op) {
    case 'is':
      return number === first;
    case 'isNot':
      return number !== first;
    case 'below':
      return number < first;
    case 'atMost':
      return number <= first;
    case 'above':
      return number > first;
    case 'atLeast':
      return number >= first;
    case 'between':
      return number >= first && number <= last;
    default:
      return true;
  }
}

/** A day, or an instant with its offset; null when it is neither. */
function asDate(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const written =
    /^(\d{4}-\d\d-\d\d)(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?)?$/;
  const day = written.exec(value)?.[1];
  if (day === undefined || day.startsWith('0000')) return null;
  const at = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && iso(at) === day ? value : null;
}

function matchesDate({ op, value }: GivenFilter, date: string | null, isAbsent: boolean, now: Date): boolean {
  if (op === 'isNotSet') return isAbsent;
  if (date === null) return false;
  const isInstant = /(Z|[+-]\d\d:?\d\d)$/.test(date) && date.length > 10;
  const day = isInstant ? iso(Date.parse(date.replace(' ', 'T'))) : date.slice(0, 10);
  const today = iso(now.getTime());
  const away = (Date.parse(day) - Date.parse(today)) / DAY_MS;
  switch (op) {
    case 'before':
      return day < value;
    case 'after':
      return day > value;
    case 'on':
      return day === value;
    case 'between':
      return day >= value[0] && day <= value[1];
    case 'inLastDays':
      return away <= 0 && away >= -value;
    case 'moreThanDaysAgo':
      return away < -value;
    case 'inNextDays':
      return away >= 0 && away <= value;
    case 'anniversaryInDays':
      return comesUp(date.slice(5, 10), Date.parse(today), value);
    default:
      return true;
  }
}

function comesUp(monthAndDay: string, today: number, days: number): boolean {
  for (let i = 0; i <= days; i++) {
    const day = iso(today + i * DAY_MS);
    const isLastOfShortFebruary = day.endsWith('-02-28') && iso(today + (i + 1) * DAY_MS).endsWith('-03-01');
    if (day.slice(5) === monthAndDay || (monthAndDay === '02-29' && isLastOfShortFebruary)) return true;
  }
  return false;
}

function asBoolean(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  return text === 'true' ? true : text === 'false' ? false : null;
}

function matchesBoolean({ op }: GivenFilter, value: boolean | null, isAbsent: boolean): boolean {
  if (op === 'isNotSet') return isAbsent;
  if (value === null) return false;
  return op === 'isSet' || value === (op === 'isTrue');
}

function matchesArray(
  { op, value }: GivenFilter,
  items: ReadonlyArray<string | null> | null,
  isEmpty: boolean,
): boolean {
  const wanted: string[] = [value].flat();
  if (op === 'isNotSet') return isEmpty;
  if (items === null) return op === 'containsNone' && isEmpty;
  switch (op) {
    case 'containsAny':
      return wanted.some((item) => items.includes(item));
    case 'containsAll':
      return wanted.every((item) => items.includes(item));
    case 'containsNone':
      return !wanted.some((item) => items.includes(item));
    default:
      return items.length > 0;
  }
}

function isInLists({ value, status = 'subscribed' }: GivenFilter, person: Person): boolean {
  return [value].flat().some((id) => {
    const found = person.lists[id];
    return found !== undefined && (status === 'any' || found === status);
  });
}

function hasStatus(status: string, { suppressed }: Person): boolean {
  if (status === 'active') return suppressed === null;
  return status === 'suppressed' ? suppressed !== null : suppressed === status;
}

function didActivity(filter: GivenFilter, person: Person, { now }: Circumstances): boolean {
  const since = filter.days === undefined ? Number.NEGATIVE_INFINITY : now.getTime() - filter.days * DAY_MS;
  return person.did.some(
    (deed) =>
      deed.activity === filter.activity &&
      (!filter.campaignIds || filter.campaignIds.includes(deed.campaignId)) &&
      deed.at.getTime() >= since &&
      deed.at.getTime() <= now.getTime() &&
      (filter.link === undefined || deed.link === filter.link),
  );
}
