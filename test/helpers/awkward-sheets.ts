import type { AwkwardFile } from './awkward-file.ts';
import { textRow, xlsx, xlsxParts } from './xlsx.ts';
import { zip } from './zip.ts';

const filename = 'people.xlsx';
const HEAD = textRow('email', 'name');
const ada = { email: 'ada@x.test', name: 'Ada' };
const people = Array.from({ length: 1000 }, (_, i) => ({ email: `p${i}@x.test`, name: `P ${i}` }));
const MB = 1024 * 1024;
const email = (address: string) => `<c t="inlineStr"><is><t>${address}</t></is></c>`;
const LIMIT = 'CSV has no such limit';

/** Workbooks, good and bad. */
export const AWKWARD_SHEETS: readonly AwkwardFile[] = [
  {
    title: 'XLSX: values of every kind, a formula by its last result, the first sheet of two',
    filename,
    content: xlsx({
      strings: [
        '<t>email</t>',
        '<t>ada@x.test</t>',
        '<r><t>A</t></r><r><t xml:space="preserve">da</t></r><rPh><t>エ</t></rPh>',
        '<t>a_x000D_b</t>',
      ],
      rows: `<row r="1"><c r="A1" t="s"><v>0</v></c>${['name', 'n', 'big', 'yes', 'no', 'sum', 'word', 'error', 'text', 'zip'].map(email).join('')}</row>
<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" t="s"><v>2</v></c><c r="C2"><v>-2.5</v></c><c r="D2"><v>1.5E3</v></c><c r="E2" t="b"><v>1</v></c><c r="F2" t="b"><v>0</v></c><c r="G2"><f>1+1</f><v>2</v></c><c r="H2" t="str"><f>"a"</f><v>a &amp; b</v></c><c r="I2" t="e"><v>#N/A</v></c><c r="J2" t="s"><v>3</v></c><c r="K2" t="inlineStr"><is><t>01234</t></is></c></row>`,
    }),
    imported: [{ ...ada, n: -2.5, big: 1500, yes: true, no: false, sum: 2, word: 'a & b', text: 'a\rb', zip: '01234' }],
  },
  {
    title: 'XLSX: dates',
    filename,
    content: xlsx({
      formats: [0, 14, 22, 'yyyy\\-mm\\-dd', '[$-407]d. mmm yyyy;@', '0.00"days"', 20, '[Red]0', '[h]:mm'],
      rows: `${textRow('email', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i')}<row>${email('ada@x.test')}<c s="1"><v>45351</v></c><c s="2"><v>45351.573</v></c><c s="3"><v>1</v></c><c s="4"><v>59</v></c><c s="5"><v>3</v></c><c s="6"><v>0.5</v></c><c s="7"><v>7</v></c><c s="8"><v>0.25</v></c><c s="1"><v>-5</v></c></row>`,
    }),
    imported: [
      {
        email: 'ada@x.test',
        a: '2024-02-29',
        b: '2024-02-29T13:45:07',
        c: '1900-01-01',
        d: '1900-02-28',
        e: 3,
        f: '12:00:00',
        g: 7,
        h: '06:00:00',
        i: -5,
      },
    ],
  },
  {
    title: 'XLSX: dates since 1904',
    filename,
    content: xlsx({
      since1904: true,
      formats: [0, 14],
      rows: `${textRow('email', 'day')}<row>${email('ada@x.test')}<c s="1"><v>43889</v></c></row>`,
    }),
    imported: [{ email: 'ada@x.test', day: '2024-02-29' }],
  },
  {
    title: 'XLSX: empty first rows, gaps, merged cells and a row that is too wide',
    filename,
    content: xlsx({
      rows: `<row r="1"/><row r="2"><c r="A2" t="str"><v> </v></c></row><row r="4"><c r="A4" t="str"><v>email</v></c><c r="B4" t="str"><v>name</v></c><c r="D4" t="str"><v>city</v></c></row><row r="5"><c r="A5" t="str"><v>ada@x.test</v></c><c r="B5" t="str"><v>Ada</v></c><c r="C5"/></row><row r="6"/><row r="7"><c r="A7" t="str"><v>bob@x.test</v></c><c r="D7" t="str"><v>Rome</v></c></row><row r="8"><c r="A8" t="str"><v>eve@x.test</v></c><c r="XFD8" t="str"><v>far</v></c></row>`,
    }),
    imported: [ada, { email: 'bob@x.test', city: 'Rome' }],
    rejects: [[3, null, 'the row has 5 values, the header names 4 columns']],
  },
  {
    title: 'XLSX: one long string in many cells, more than a row may hold',
    filename,
    content: xlsx({
      strings: [`<t>${'x'.repeat(600_000)}</t>`],
      rows: `${textRow('email', 'a', 'b')}<row>${email('eve@x.test')}<c t="s"><v>0</v></c><c t="s"><v>0</v></c></row><row>${email('bob@x.test')}</row>`,
    }),
    imported: [{ email: 'bob@x.test' }],
    rejects: [[1, null, 'the row is longer than 1 MB']],
  },
  { title: 'XLSX: a header alone', filename, content: xlsx({ rows: HEAD }), imported: [] },
  {
    title: 'XLSX: an empty sheet',
    filename,
    content: xlsx({ rows: '' }),
    refused: 'The first sheet of the file is empty',
  },
  {
    title: 'XLSX: no column of addresses',
    filename,
    content: xlsx({ rows: textRow('a', 'b') }),
    refused: 'The columns found are: "a", "b"',
  },
  {
    title: 'XLSX under the name of CSV',
    filename: 'people.csv',
    content: xlsx({ rows: HEAD + textRow('ada@x.test', 'Ada') }),
    imported: [ada],
  },
  {
    title: 'XLSX: XML that is cut off',
    filename,
    content: xlsx({ rows: `${HEAD}${people.map(({ email, name }) => textRow(email, name)).join('')}<row><c>` }),
    imported: people,
    fails: 'The sheet is damaged',
  },
  {
    title: 'XLSX: an entity that is declared',
    filename,
    content: xlsx({ rows: `${HEAD}<row><c t="str"><v>&bomb;</v></c></row>` }),
    refused: 'The sheet is damaged',
  },
  {
    title: 'XLSX that is cut off',
    filename,
    content: xlsx({ rows: HEAD }).subarray(0, 600),
    refused: 'The XLSX file is damaged',
  },
  {
    title: 'a ZIP archive that is no XLSX',
    filename: 'people.zip',
    content: zip([{ name: 'people.csv', content: 'email\na@x.test\n' }]),
    refused: 'a ZIP archive and no XLSX workbook. Unpack it',
  },
  {
    title: 'an empty ZIP archive',
    filename: 'people.zip',
    content: zip([]),
    refused: 'a ZIP archive and no XLSX workbook',
  },
  {
    title: 'a ZIP archive with a password',
    filename,
    content: zip(xlsxParts({ rows: HEAD }).map((part) => ({ ...part, isEncrypted: true }))),
    refused: 'The archive has a password',
  },
  {
    title: 'XLSX larger than 20 MB',
    filename,
    content: Buffer.concat([xlsx({ rows: HEAD }), Buffer.alloc(20 * MB)]),
    refused: `The file is larger than 20 MB, the most an XLSX file may have. Save the sheet as "CSV UTF-8" and import that; ${LIMIT}`,
  },
  {
    title: 'XLSX that unpacks to more than 200 MB',
    filename,
    content: zip([...xlsxParts({ rows: HEAD }), { name: 'x.xml', content: '', declaredSize: 201 * MB }]),
    refused: `Unpacked, the file is larger than 200 MB, the most an XLSX file may have. Save the sheet as "CSV UTF-8" and import that; ${LIMIT}`,
  },
  {
    title: 'XLSX that says a part is smaller than it is',
    filename,
    content: zip(
      xlsxParts({ rows: HEAD + ' '.repeat(5 * MB) }).map((part) =>
        part.name.endsWith('people.xml') ? { ...part, declaredSize: 100 } : part,
      ),
    ),
    refused: 'The XLSX file is damaged: too many bytes in the stream. expected 100',
  },
];
