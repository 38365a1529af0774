/** What a column of an import is. `attribute` names one of the contact's own fields; null is left out. */
export type LeadColumn =
  | { readonly kind: 'email' | 'firstName' | 'lastName' | 'name' | 'status' | 'attributes' }
  | { readonly kind: 'attribute'; readonly name: string }
  | null;

/** What somebody said about columns: header → email, firstName, lastName, name, an attribute's name, or null to leave it out. */
export type ColumnMapping = Readonly<Record<string, string | null>>;

/** Headers of Mailchimp, listmonk, Brevo and plain files, without anything but letters and digits. */
const KNOWN: Readonly<Record<string, 'email' | 'firstName' | 'lastName' | 'name' | 'status' | 'attributes'>> = {
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
  subscriptionstatus: 'status',
  emailstatus: 'status',
  attributes: 'attributes',
};

/** Reads a header row. Each known meaning is given once, to the first column of that name; the rest become attributes. */
export function readLeadColumns(header: readonly string[], mapping: ColumnMapping = {}): LeadColumn[] {
  const taken = new Set<string>();
  const mapped = header.map((title) => {
    const wanted = mapping[title.trim()];
    if (typeof wanted !== 'string') return wanted;
    taken.add(wanted);
    return isField(wanted) ? ({ kind: wanted } as const) : ({ kind: 'attribute', name: wanted } as const);
  });
  return header.map((title, i) => mapped[i] ?? (mapped[i] === null ? null : guess(title, i, taken)));
}

function guess(title: string, i: number, taken: Set<string>): LeadColumn {
  const known = KNOWN[title.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')];
  if (known && !taken.has(known)) {
    taken.add(known);
    return { kind: known };
  }
  const base = attributeName(title) || `column${i + 1}`;
  let name = base;
  for (let n = 2; taken.has(name); n++) name = `${base}${n}`;
  taken.add(name);
  return { kind: 'attribute', name };
}

function isField(name: string): name is 'email' | 'firstName' | 'lastName' | 'name' {
  return name === 'email' || name === 'firstName' || name === 'lastName' || name === 'name';
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
