import { describe, expect, it } from 'vitest';
import { detectDelimiter } from './csv-delimiter.ts';
import { attributeName, isOptedOut, readLeadColumns } from './lead-columns.ts';

describe('a header', () => {
  it.each<[string, string[]]>([
    [
      'Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,TAGS',
      ['email', 'firstName', 'lastName', '.memberRating', '.optinTime', 'tags'],
    ],
    ['uuid,email,name,attributes,status', ['.uuid', 'email', 'name', 'attributes', 'status']],
    ['EMAIL,FIRSTNAME,LASTNAME,SMS', ['email', 'firstName', 'lastName', '.sms']],
    ['E-Mail,Vorname,Nachname,Straße,Città', ['email', 'firstName', 'lastName', '.straße', '.citta']],
    ['email,Email,name,Full Name,,email2', ['email', '.email2', 'name', '.fullName', '.column5', '.email22']],
    ['email,a b,aB,A_B', ['email', '.aB', '.aB2', '.aB3']],
  ])('%s', (header, expected) => {
    const columns = readLeadColumns(header.split(','));
    expect(columns.map((column) => (column?.kind === 'attribute' ? `.${column.name}` : column?.kind))).toEqual(
      expected,
    );
  });

  it('is read as a mapping says, and only the rest is guessed', () => {
    const columns = readLeadColumns(['Mail', 'x', 'name', 'secret'], { x: 'email', Mail: 'backup', secret: null });
    expect(columns).toEqual([{ kind: 'attribute', name: 'backup' }, { kind: 'email' }, { kind: 'name' }, null]);
  });
});

it.each([
  ['ZIP', 'zip'],
  ['Zip Code', 'zipCode'],
  ['zip-code (new)', 'zipCodeNew'],
  ['__proto__', 'proto'],
  ['城市', '城市'],
  ['!!', ''],
])('the column %s becomes %s', (title, name) => expect(attributeName(title)).toBe(name));

it.each([
  ['unsubscribed', true],
  ['Blocklisted', true],
  ['cleaned', true],
  ['opt-out', true],
  ['subscribed', false],
  ['enabled', false],
  ['', false],
])('the status %s means opted out: %s', (status, expected) => expect(isOptedOut(status)).toBe(expected));

it.each([
  ['a;b;c', ';'],
  ['a\tb,c\td', '\t'],
  ['"a,b,c";d', ';'],
  ['email', ','],
  ['a|b', '|'],
  ['"x;y\n;;;",b,c\n;;;;;', ','],
])('the delimiter of %j is %j', (text, delimiter) => expect(detectDelimiter(text)).toBe(delimiter));
