/** One contact as the file has it, and what is to become of it. */
export interface SampleContact {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly plan: string;
  readonly fate: 'sent' | 'duplicate' | 'invalid';
}

const HEADER = [
  'Email Address',
  'First Name',
  'Last Name',
  'Address',
  'Phone Number',
  'Plan',
  'MEMBER_RATING',
  'OPTIN_TIME',
  'OPTIN_IP',
  'CONFIRM_TIME',
  'CONFIRM_IP',
  'LATITUDE',
  'LONGITUDE',
  'GMTOFF',
  'DSTOFF',
  'TIMEZONE',
  'CC',
  'REGION',
  'LAST_CHANGED',
  'LEID',
  'EUID',
  'NOTES',
  'TAGS',
];

// Latin with diacritics, Greek, Cyrillic, Hebrew and Arabic (right to left), Han and kana, with emoji between.
const GIVEN = [
  'Ann',
  'Zoë 🌷',
  'Łukasz',
  'Ελένη',
  'Дмитрий',
  'נועה',
  'محمد',
  '美咲',
  '🎩 Max',
  "O'Neil",
  'Ana "Ani"',
  'Jean-Luc',
  '',
  'Đorđe',
  'R&D <Team>',
  'Søren 👩‍👩‍👧',
];
const FAMILY = [
  'Smith',
  'Müller',
  'Παπαδόπουλος',
  'Иванов',
  'כהן',
  'الحسن',
  '山田',
  'García, Jr.',
  'Brontë',
  'van der Berg',
  '',
  'Ó Súilleabháin',
];
const PLANS = ['free', 'team', 'business'];
const INVALID = [
  'no-at-sign',
  '@example.test',
  'two@@example.test',
  'space in@example.test',
  'dot.@example.test',
  `${'x'.repeat(80)}@example.test`,
  'a@b..test',
  'tab\t@example.test',
  'a@-bad-.test',
  'quote"d@example.test',
];

/** Contacts of a real-life export: one in 50 again in capitals, one in 50 also with a plus-tag (another mailbox), some invalid. */
export function sampleContacts(rows: number, invalid: number): SampleContact[] {
  const contacts: SampleContact[] = [];
  for (let i = 0; contacts.length < rows - invalid; i++) {
    const person = {
      firstName: GIVEN[i % GIVEN.length] ?? '',
      lastName: FAMILY[(i * 5) % FAMILY.length] ?? '',
      plan: PLANS[i % 3] ?? '',
    };
    const email = `person.${i}@example${i % 7}.test`;
    contacts.push({ ...person, email, fate: 'sent' });
    if (i % 50 === 10) contacts.push({ ...person, email: email.toUpperCase(), fate: 'duplicate' });
    if (i % 50 === 20) contacts.push({ ...person, email: email.replace('@', '+news@'), fate: 'sent' });
  }
  contacts.length = rows - invalid;
  for (let i = 0; i < invalid; i++) {
    const at = Math.floor(((i + 0.5) / invalid) * contacts.length);
    contacts.splice(at, 0, {
      email: `${INVALID[i % INVALID.length]}`,
      firstName: 'In',
      lastName: 'Valid',
      plan: 'free',
      fate: 'invalid',
    });
  }
  return contacts;
}

/** The same as Mailchimp writes it: BOM, CRLF, quoted fields with commas, quotes and line breaks. */
export function mailchimpCsv(contacts: readonly SampleContact[]): string {
  const lines = contacts.map((contact, i) =>
    [
      contact.email,
      contact.firstName,
      contact.lastName,
      `${i} High Street, Flat ${i % 9}\nSpringfield, ${10_000 + i}`,
      `+44 20 ${7_000_000 + i}`,
      contact.plan,
      String(1 + (i % 5)),
      '2024-03-01 09:15:00',
      '203.0.113.7',
      '2024-03-01 09:16:30',
      '203.0.113.7',
      '51.5',
      '-0.12',
      '0',
      '1',
      'Europe/London',
      'GB',
      'LND',
      '2026-10-01 12:00:00',
      String(900_000 + i),
      `e${i}`,
      i % 11 === 0 ? 'said "call me", twice\r\nthen left' : '',
      '"VIP","Autumn, 2025"',
    ]
      .map(quoted)
      .join(','),
  );
  return `\uFEFF${[HEADER.map(quoted).join(','), ...lines].join('\r\n')}\r\n`;
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
