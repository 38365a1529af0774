import { gzipSync } from 'node:zlib';
import type { AwkwardFile } from './awkward-file.ts';
import { AWKWARD_JSON } from './awkward-json.ts';
import { AWKWARD_SHEETS } from './awkward-sheets.ts';

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
const bytes = (...parts: Array<string | number[]>) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
const ada = { email: 'ada@x.test', name: 'Ada' };
const bob = { email: 'bob@x.test', name: 'Bob' };
const TWO = 'email,name\nada@x.test,Ada\nbob@x.test,Bob\n';
const BEHIND_QUOTE = 'something stands between a closing quote and the next delimiter…';
const INSIDE_FIELD = 'a quote stands inside a field that does not begin with one…';

const encodings: AwkwardFile[] = [
  { title: 'UTF-8 with a byte order mark', content: `\uFEFF${TWO}`, imported: [ada, bob] },
  { title: 'UTF-16LE with a byte order mark', content: Buffer.from(`\uFEFF${TWO}`, 'utf16le'), imported: [ada, bob] },
  { title: 'UTF-16BE with a byte order mark', content: utf16be(`\uFEFF${TWO}`), imported: [ada, bob] },
  { title: 'UTF-16LE that does not say so', content: Buffer.from(TWO, 'utf16le'), imported: [ada, bob] },
  { title: 'UTF-16BE that does not say so', content: utf16be(TWO), imported: [ada, bob] },
  {
    title: 'windows-1252',
    content: Buffer.from('email;name\nzoe@x.test;Zo\xeb \x80\n', 'latin1'),
    imported: [{ email: 'zoe@x.test', name: 'Zoë €' }],
  },
  {
    title: 'UTF-8 by its mark with a byte that is none',
    content: bytes([0xef, 0xbb, 0xbf], 'email,name\nada@x.test,Ad', [0xff], 'a\nb', [0xff], 'ob@x.test,Bob\n'),
    imported: [{ email: 'ada@x.test', name: 'Ad\ufffda' }],
    rejects: [[2, 'email', 'it holds a character that could not be read; save the file as UTF-8']],
  },
  {
    title: 'UTF-16 with half of a surrogate pair',
    content: Buffer.from('\uFEFFemail,name\nada@x.test,A\ud83dda\n\ud83d@x.test,x\n', 'utf16le'),
    imported: [{ email: 'ada@x.test', name: 'A\ufffdda' }],
    rejects: [[2, 'email', 'it holds a character that could not be read; save the file as UTF-8']],
  },
  {
    title: 'NUL bytes',
    content: 'email,name\nada@x.test,A\0da\nb\0ob@x.test,Bob\n',
    imported: [ada],
    rejects: [[2, 'email', 'it holds a control character']],
  },
  {
    title: 'emoji, right-to-left text and international addresses',
    content: 'email,name\nada@bücher.test,👩‍🚀 Ada\nלאה@דוגמה.test,لي\nbob@ex\u202eample.test,Bob\n',
    imported: [
      { email: 'ada@xn--bcher-kva.test', name: '👩‍🚀 Ada' },
      { email: 'לאה@xn--6dbbec0c.test', name: 'لي' },
    ],
    rejects: [[3, 'email', 'it holds a control character']],
  },
];

const quotes: AwkwardFile[] = [
  {
    title: 'quotes written twice',
    content: 'email,name\nada@x.test,"Ada ""the"" L"\n',
    imported: [{ email: 'ada@x.test', name: 'Ada "the" L' }],
  },
  {
    title: 'a quote never closed in the middle of the file',
    content: 'email,name\nada@x.test,"Ada\nbob@x.test,Bob\n"eve@x.test","Eve"\n',
    imported: [bob, { email: 'eve@x.test', name: 'Eve' }],
    rejects: [[1, null, BEHIND_QUOTE]],
  },
  {
    title: 'a quote never closed on the last line',
    content: 'email,name\nada@x.test,Ada\nbob@x.test,"Bob',
    imported: [ada],
    rejects: [[2, null, 'a quote is opened and never closed (line 3 of the file)']],
  },
  {
    title: 'a quote in the middle of a field',
    content: 'email,name\neve@x.test,Eve "E" X\nada@x.test,Ada\n',
    imported: [ada],
    rejects: [[1, null, INSIDE_FIELD]],
  },
  {
    title: 'a blank between a closing quote and the delimiter',
    content: 'email,name\n"eve@x.test" ,Eve\nada@x.test,Ada\n',
    imported: [ada],
    rejects: [[1, null, BEHIND_QUOTE]],
  },
  {
    title: 'a header whose quote is never closed',
    content: '"email,name\nada@x.test,Ada\n',
    refused: 'The header row: a quote is opened and never closed',
  },
  {
    title: 'addresses with quotes',
    content: 'email,name\n"""ada b""@x.test",Ada\n\'bob@x.test\',Bob\n"Eve <eve@x.test>",Eve\n',
    imported: [],
    rejects: [
      [1, 'email', 'it holds a space'],
      [2, 'email', 'the part after the @ is not a domain name'],
      [3, 'email', 'it holds a space'],
    ],
  },
  {
    title: 'a cell of 2 MB',
    content: `email,name\neve@x.test,"${'x'.repeat(2 * 1024 * 1024)}"\nada@x.test,Ada\nbob@x.test,${'y'.repeat(2 * 1024 * 1024)}\n`,
    imported: [ada],
    rejects: [
      [1, null, 'the row is longer than 1 MB; a quote is probably opened and never closed (line 2 of the file)'],
      [3, null, 'the row is longer than 1 MB; a quote is probably opened and never closed (line 4 of the file)'],
    ],
  },
];

const shapes: AwkwardFile[] = [
  {
    title: 'rows with too few and too many cells',
    content: 'email,name,city\nada@x.test\nbob@x.test,Bob,Rome,,\neve@x.test,Eve,Rome,more\n',
    imported: [{ email: 'ada@x.test' }, { ...bob, city: 'Rome' }],
    rejects: [[3, null, 'the row has 4 values, the header names 3 columns']],
  },
  {
    title: 'formulas, kept as text',
    content: 'email,name,link\nada@x.test,=1+1,"=HYPERLINK(""http://evil.test"",""x"")"\n=bob@x.test,Bob,\n',
    imported: [
      { email: '=bob@x.test', name: 'Bob' },
      { email: 'ada@x.test', name: '=1+1', link: '=HYPERLINK("http://evil.test","x")' },
    ],
  },
  {
    title: 'headers that repeat',
    content: 'email,name,city,City,email\nada@x.test,Ada,Rome,Oslo,second@x.test\n',
    imported: [{ ...ada, city: 'Rome', city2: 'Oslo', email2: 'second@x.test' }],
  },
  { title: 'an empty file', content: '', refused: 'The file is empty' },
  { title: 'blank lines alone', content: '\n\r\n \n', refused: 'The file is empty' },
  { title: 'a header alone', content: 'email,name\n', imported: [] },
  {
    title: 'no column of addresses',
    content: 'Vorname,Telefon\nAda,1\n',
    refused: 'The columns found are: "Vorname", "Telefon"',
  },
  {
    title: 'no header',
    content: 'ada@x.test,Ada\nbob@x.test,Bob\n',
    refused: 'The columns found are: "ada@x.test", "Ada"',
  },
  {
    title: 'blank lines and rows of delimiters',
    content: 'email,name\n\n,\nada@x.test,Ada\n  , \n\nbob@x.test,Bob\n\n',
    imported: [ada, bob],
  },
  { title: 'lines that end in CR', content: TWO.replaceAll('\n', '\r'), imported: [ada, bob] },
  {
    title: 'lines that end in LF, CRLF and CR',
    content: 'email,name\r\nada@x.test,Ada\rbob@x.test,"B\r\nC"\neve@x.test,Eve',
    imported: [ada, { email: 'bob@x.test', name: 'B\r\nC' }, { email: 'eve@x.test', name: 'Eve' }],
  },
  {
    title: 'a delimiter at the end of lines',
    content: 'email,name,\nada@x.test,Ada,\nbob@x.test,Bob,\n',
    imported: [ada, bob],
  },
  { title: 'white space in headers and cells', content: ' Email , Name\t\n ada@x.test , Ada \n', imported: [ada] },
  { title: 'bars between cells', content: 'email|name\nada@x.test|Ada\n', imported: [ada] },
  { title: 'tabs between cells', content: 'email\tname\nada@x.test\tAda\n', filename: 'people.tsv', imported: [ada] },
  {
    title: 'one column',
    content: 'email\nada@x.test\nbob@x.test',
    imported: [{ email: 'ada@x.test' }, { email: 'bob@x.test' }],
  },
  {
    title: '2,000 columns',
    content: `email,${Array.from({ length: 1999 }, (_, i) => `c${i}`).join(',')}\nada@x.test,${Array.from({ length: 1999 }, (_, i) => `v${i}`).join(',')}\n`,
    imported: [
      { email: 'ada@x.test', ...Object.fromEntries(Array.from({ length: 1999 }, (_, i) => [`c${i}`, `v${i}`])) },
    ],
  },
  {
    title: 'very long addresses',
    content: `email\n${'a'.repeat(64)}@x.test\n${'b'.repeat(65)}@x.test\n${'c'.repeat(300)}@x.test\n${'d'.repeat(100_000)}\n`,
    imported: [{ email: `${'a'.repeat(64)}@x.test` }],
    rejects: [
      [2, 'email', 'the part before the @ is longer than 64 octets'],
      [3, 'email', 'it is longer than 254 octets'],
      [4, 'email', 'it is longer than 254 octets'],
    ],
  },
  { title: 'an address twice', content: 'email,name\nada@x.test,A\nADA@x.test,Ada\n', imported: [ada], duplicates: 1 },
  {
    title: 'numbers, dates and truth values, which CSV does not tell from text',
    content: 'email,zip,phone,n,day,on\nada@x.test,01234,+49 30 1,1e5,2024-02-29,true\n',
    imported: [{ email: 'ada@x.test', zip: '01234', phone: '+49 30 1', n: '1e5', day: '2024-02-29', on: 'true' }],
  },
];

const others: AwkwardFile[] = [
  {
    title: 'a picture',
    content: bytes([0x89], 'PNG\r\n', [0x1a], '\n', [0, 0, 0, 13], 'IHDR'),
    refused: 'The file is a picture',
  },
  { title: 'a PDF', content: '%PDF-1.7\n%âãÏÓ\n', refused: 'The file is a PDF' },
  { title: 'gzip', content: gzipSync(TWO), filename: 'people.csv.gz', refused: 'compressed with gzip. Unpack it' },
  {
    title: 'bytes that are no text',
    content: bytes(Array.from({ length: 256 }, (_, i) => (i * 7 + 5) % 256)),
    refused: 'The file is not text',
  },
  {
    title: 'an XLSX file with a password, or an old XLS',
    content: bytes([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], 'EncryptedPackage'),
    filename: 'people.xlsx',
    refused: 'Save it without a password as .xlsx or as "CSV UTF-8"',
  },
];

/** Files that people do send. What each one gives is written beside it, exactly. */
export const AWKWARD_FILES: readonly AwkwardFile[] = [
  ...encodings,
  ...quotes,
  ...shapes,
  ...others,
  ...AWKWARD_JSON,
  ...AWKWARD_SHEETS,
];
