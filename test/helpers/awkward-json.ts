import type { AwkwardFile } from './awkward-file.ts';

const ada = { email: 'ada@x.test', name: 'Ada' };
const bob = { email: 'bob@x.test', name: 'Bob' };
const NOT_JSON = 'it is not valid JSON: …';

const lines: AwkwardFile[] = [
  {
    title: 'JSONL with a bad line in the middle',
    content: '{"email":"ada@x.test","name":"Ada"}\n{"email":"eve@x.test",}\n\n{"email":"bob@x.test","name":"Bob"}',
    filename: 'people.jsonl',
    imported: [ada, bob],
    rejects: [[2, null, NOT_JSON]],
  },
  {
    title: 'JSONL whose first line is bad, under the name of CSV',
    content: '{"email":\n{"email":"ada@x.test","name":"Ada"}\n',
    imported: [ada],
    rejects: [[1, null, NOT_JSON]],
  },
  {
    title: 'JSONL in UTF-16 with CRLF',
    content: Buffer.from(
      '\uFEFF{"email":"ada@x.test","name":"Ada"}\r\n{"email":"bob@x.test","name":"Bob"}\r\n',
      'utf16le',
    ),
    filename: 'people.ndjson',
    imported: [ada, bob],
  },
  {
    title: 'JSONL with a line of 2 MB and one nested too deep',
    content: `{"email":"eve@x.test","x":"${'x'.repeat(2 * 1024 * 1024)}"}\n{"email":"eve@x.test","x":${'['.repeat(200)}${']'.repeat(200)}}\n{"email":"ada@x.test","name":"Ada"}\n`,
    filename: 'people.jsonl',
    imported: [ada],
    rejects: [
      [1, null, 'it is longer than 1 MB'],
      [2, null, 'it is nested more than 100 levels deep'],
    ],
  },
  {
    title: 'a JSON array',
    content: '[\n  {"email": "ada@x.test", "name": "Ada"},\n  {"email": "bob@x.test", "name": "Bob"}\n]\n',
    filename: 'people.json',
    imported: [ada, bob],
  },
  {
    title: 'an object with one array',
    content:
      '{"count": 2, "meta": {"tags": ["a", "b"]}, "leads": [{"email":"ada@x.test","name":"Ada"},{"email":"bob@x.test","name":"Bob"}], "next": null}',
    filename: 'people.json',
    imported: [ada, bob],
  },
  {
    title: 'an object with two arrays',
    content: '{"leads": [{"email":"ada@x.test","name":"Ada"}], "contacts": [{"email":"bob@x.test"}]}',
    filename: 'people.json',
    refused: 'The object holds more than one array',
  },
  {
    title: 'an object without an array',
    content: '{\n"email": "ada@x.test"\n}',
    filename: 'people.json',
    refused: 'The JSON holds no array of contacts',
  },
  { title: 'an empty JSON array', content: '[]', filename: 'people.json', imported: [] },
  { title: 'an empty JSON file', content: ' \n', filename: 'people.json', refused: 'The file is empty' },
  {
    title: 'a JSON array of numbers',
    content: '[1, 2.5, null]',
    filename: 'people.json',
    imported: [],
    rejects: [
      [1, null, 'it is not an object'],
      [2, null, 'it is not an object'],
      [3, null, 'it is not an object'],
    ],
  },
  {
    title: 'nested objects, brackets in strings and escaped quotes',
    content: '[{"email":"ada@x.test","name":"Ada","attributes":{"a":{"b":[1,"]}\\"{["]}},"c":"\\\\"}]',
    filename: 'people.json',
    imported: [{ ...ada, a: { b: [1, ']}"{['] }, c: '\\' }],
  },
  {
    title: 'JSON elements that are not valid',
    content:
      '[{"email":"ada@x.test","name":"Ada"}, {email:"eve@x.test"}, {"email":"a@x.test"} {"email":"b@x.test"},, {"email":"bob@x.test","name":"Bob"},]',
    filename: 'people.json',
    imported: [ada, bob],
    rejects: [
      [2, null, NOT_JSON],
      [3, null, NOT_JSON],
      [4, null, NOT_JSON],
    ],
  },
  {
    title: 'lone surrogates and NUL in JSON',
    content: '[{"email":"ada@x.test","name":"Ada","x":"a\\ud800\\u0000b"},{"email":"\\ud800@x.test"}]',
    filename: 'people.json',
    imported: [{ ...ada, x: 'ab' }],
    rejects: [[2, 'email', 'the part before the @ holds a character that is not allowed there']],
  },
  {
    title: 'a JSON element nested 200,000 levels deep, and one of 2 MB',
    content: `[{"email":"eve@x.test","x":${'['.repeat(200_000)}${']'.repeat(200_000)}},{"email":"eve@x.test","x":"${'x'.repeat(2 * 1024 * 1024)}"},{"email":"ada@x.test","name":"Ada"}]`,
    filename: 'people.json',
    imported: [ada],
    rejects: [
      [1, null, 'it is nested more than 100 levels deep'],
      [2, null, 'it is longer than 1 MB'],
    ],
  },
];

/** Longer than what is looked at before an import is accepted, so the fault shows later. */
const many = Array.from({ length: 3000 }, (_, i) => `{"email":"p${i}@x.test","name":"P ${i}"}`).join(',\n');
const all = Array.from({ length: 3000 }, (_, i) => ({ email: `p${i}@x.test`, name: `P ${i}` }));
const cut: AwkwardFile[] = [
  {
    title: 'JSON with garbage behind it',
    content: `[${many}]\n}x`,
    filename: 'people.json',
    imported: all,
    fails: 'Something stands behind the end of the JSON, after row 3000',
  },
  {
    title: 'JSON that is cut off',
    content: `[${many},\n{"email":"las`,
    filename: 'people.json',
    imported: all,
    fails: 'The file ends inside row 3001: it is cut off',
  },
  {
    title: 'JSON whose brackets do not match',
    content: `[${many},\n{"email":"eve@x.test"],{"email":"ada@x.test"}]`,
    filename: 'people.json',
    imported: all,
    fails: 'The brackets do not match in row 3001',
  },
  {
    title: 'a short JSON that is cut off',
    content: '[{"email":"ada@x.test"},{"em',
    filename: 'people.json',
    refused: 'The file ends inside row 2',
  },
];

/** JSON and JSON lines, good and bad. */
export const AWKWARD_JSON: readonly AwkwardFile[] = [...lines, ...cut];
