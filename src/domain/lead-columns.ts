/** What a column of an import is. `attribute` names one of the contact's own fields; null is left out. */
export type LeadColumn =
  | { readonly kind: ContactField | 'status' | 'subscription' | 'attributes' }
  /** `of`: the attribute that a value goes to which is no time zone or locale. */
  | { readonly kind: 'timeZone' | 'locale'; readonly of: string }
  | { readonly kind: 'attribute'; readonly name: string }
  | null;

/** What a mapping may name beside attributes. */
const CONTACT_FIELDS = ['email', 'firstName', 'lastName', 'name', 'tags', 'notes'] as const;
type ContactField = (typeof CONTACT_FIELDS)[number];
type ZoneField = 'timeZone' | 'locale';

/** What somebody said about columns: header → email, firstName, lastName, name, tags, notes, timeZone, locale, an attribute's name, or null to leave it out. */
export type ColumnMapping = Readonly<Record<string, string | null>>;

/** Headers of Mailchimp, listmonk, Brevo and plain files, without anything but letters and digits. */
const KNOWN: Readonly<Record<string, ContactField | ZoneField | 'status' | 'subscription' | 'attributes'>> = {
  email: 'email',
  emailaddress: 'email',
  mail: 'email',
  mailaddress: 'email',
  subscriberemail: 'email',
  contactemail: 'email',
  firstname: 'firstName',
  fname: 'firstName',
  givenname: 'firstName',
  forename: 'firstName',
  vorname: 'firstName',
  lastname: 'lastName',
  lname: 'lastName',
  surname: 'lastName',
  familyname: 'lastName',
  nachname: 'lastName',
  name: 'name',
  fullname: 'name',
  displayname: 'name',
  status: 'status',
  // As our own exports name it: whether somebody opted out, and nothing that is to be kept as an attribute.
  subscriptionstatus: 'subscription',
  emailstatus: 'status',
  attributes: 'attributes',
  tags: 'tags',
  tag: 'tags',
  labels: 'tags',
  notes: 'notes',
  timezone: 'timeZone',
  locale: 'locale',
  language: 'locale',
};

/** Reads a header row. Each known meaning is given once, to the first column of that name; the rest become attributes. */
export function readLeadColumns(header: readonly string[], mapping: ColumnMapping = {}): LeadColumn[] {
  const taken = new Set<string>();
  const mapped = header.map((title) => {
    const wanted = mapping[title.trim()];
    if (typeof wanted !== 'string') return wanted;
    taken.add(wanted);
    return columnNamed(wanted, title);
  });
  return header.map((title, i) => mapped[i] ?? (mapped[i] === null ? null : guess(title, i, taken)));
}

function guess(title: string, i: number, taken: Set<string>): LeadColumn {
  if (title.startsWith('#')) return null; // in our own exports: told for people
  const known = meaningOf(title);
  if (known && !taken.has(known)) {
    taken.add(known);
    const isOwn = known === 'status' || known === 'subscription' || known === 'attributes';
    return isOwn ? { kind: known } : columnNamed(known, title);
  }
  const base = attributeName(title) || `column${i + 1}`;
  let name = base;
  for (let n = 2; taken.has(name); n++) name = `${base}${n}`;
  taken.add(name);
  return { kind: 'attribute', name };
}

function meaningOf(title: string) {
  return KNOWN[title.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')];
}

/** The field of contacts that a title names; null for every other. */
export function knownField(title: string): string | null {
  const known = meaningOf(title);
  return known === undefined || known === 'status' || known === 'subscription' ? null : known;
}

/** The column of a field or attribute; `title` is what its header calls it. */
export function columnNamed(wanted: string, title: string): LeadColumn {
  if (wanted === 'timeZone' || wanted === 'locale') return { kind: wanted, of: attributeName(title) || wanted };
  const field = CONTACT_FIELDS.find((name) => name === wanted);
  return field ? { kind: field } : { kind: 'attribute', name: wanted };
}

/** `MEMBER_RATING` → memberRating, `Zip Code` → zipCode, `Città` → citta: what a template can name. */
export function attributeName(title: string): string {
  const words = title
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  return words
    .map((word, i) => {
      const plain = word === word.toUpperCase() ? word.toLowerCase() : word;
      return i === 0 ? plain.charAt(0).toLowerCase() + plain.slice(1) : plain.charAt(0).toUpperCase() + plain.slice(1);
    })
    .join('');
}

/** Somebody whom another program exported as not to be written to. They are kept, as unsubscribed. */
export function isOptedOut(status: string): boolean {
  return /^(unsub|opt(?:ed)?[ -]?out|block|black|clean|bounc|complain|spam|suppress|disabled)/i.test(status.trim());
}
