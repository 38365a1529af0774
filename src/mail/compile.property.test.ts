import fc from 'fast-check';
import { Liquid } from 'liquidjs';
import PostalMime, { decodeWords } from 'postal-mime';
import { expect, test } from 'vitest';
import { fuzzTimeoutMs, holds } from '../../test/helpers/fuzz.ts';
import { asRead, SOURCE, VARS } from './compile.fixtures.ts';
import { compileMessage } from './compile.ts';

const SCRIPTS = [
  'Zoë',
  'Ωμέγα',
  'Дмитрий',
  'مرحبا بالعالم',
  'שלום',
  '李小龙',
  'こんにちは',
  'สวัสดี',
  'e\u0301\u0327',
  '👩🏽‍🚀🏳️‍🌈',
  '\u202eabc',
  'x\ud83dy\udc00z',
];
const SHAPES = [
  '',
  ' ',
  '\t',
  '\n',
  '\r',
  '\r\n',
  '\n\n',
  '.',
  '..\n.',
  '=',
  '=?utf-8?Q?x?=',
  'From ',
  '--=_',
  '<b>&"\'',
  ' \n ',
  'x'.repeat(75),
  '長'.repeat(30),
];

const value = fc.oneof(
  fc.constantFrom(...SCRIPTS),
  fc.constantFrom(...SHAPES),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(null, false, 0, 3.5),
);
const data = fc.record({ a: value, b: value, c: value, list: fc.array(value, { maxLength: 4 }), flag: fc.boolean() });

/** Text of a template: anything but Liquid's own delimiters, often long enough to be encoded beforehand. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(...SCRIPTS, ...SHAPES),
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.lorem({ maxCount: 20 }),
    ),
    { maxLength: 6 },
  )
  // A byte order mark at the beginning of a text is not text; half a character next to another half would be one.
  .map((parts) =>
    parts
      .join('')
      .replace(/[{}%\ufeff]/g, '-')
      .replace(/^\p{Cs}|\p{Cs}$/gu, ''),
  );
const field = fc.constantFrom(
  '{{ a }}',
  '{{ b }}',
  '{{- c -}}',
  '{{ x }}',
  '{{ nothing }}',
  '{{ a | default: "größer" }}',
  '{{ b | upcase }}',
  '{{ c | raw }}',
  '{{ list }}',
  '{{ list | join: ", " }}',
  '{{ list.first }}',
  '{{ a | append: b }}',
  '{% assign x = a %}',
  '{% assign x = b | append: "!" -%}',
  '{% increment n %}',
  '{% cycle "odd", "even" %}',
  '{% comment %}no{% endcomment %}',
  '{% raw %}{{ a }}{% endraw %}',
  '{{ unsubscribeUrl }}',
);

const template = fc.letrec<{ node: string; nodes: string }>((tie) => ({
  nodes: fc.array(tie('node'), { maxLength: 5 }).map((nodes) => nodes.join('')),
  node: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    { arbitrary: text, weight: 4 },
    { arbitrary: field, weight: 4 },
    {
      arbitrary: fc
        .tuple(tie('nodes'), tie('nodes'))
        .map(([yes, no]) => `{% if flag %}${yes}{% else %}${no}{% endif %}`),
      weight: 1,
    },
    { arbitrary: tie('nodes').map((body) => `{% unless b -%}${body}{%- endunless %}`), weight: 1 },
    { arbitrary: tie('nodes').map((body) => `{% for x in list %}${body}{{ forloop.index }}{% endfor %}`), weight: 1 },
    { arbitrary: tie('nodes').map((body) => `{% capture y %}${body}{% endcapture %}{{ y | raw }}`), weight: 1 },
  ),
})).nodes;

const plain = { html: new Liquid({ outputEscape: 'escape' }), none: new Liquid() };

function render(mode: 'html' | 'none', source: string, values: object): string {
  return plain[mode].parseAndRenderSync(source, { ...values, unsubscribeUrl: VARS.unsubscribeUrl });
}

function asHeader(value: string): string {
  return value
    .replace(/[^\P{Cc}\u0080-\u009f]+/gu, ' ')
    .replace(/^ +| +$/g, '')
    .replace(/\p{Cs}/gu, '\ufffd');
}

/** postal-mime ends every body with a line break of its own. */
function asBody(value: string): string {
  return `${asRead(value)}\n`;
}

const BODIES = { numRuns: 250, share: 0.25 };
test('an independent parser reads what plain Liquid renders', { timeout: fuzzTimeoutMs(BODIES) }, async () => {
  await holds(
    'bodies',
    fc.asyncProperty(template, template, data, async (html, textPart, values) => {
      const compiled = compileMessage({ ...SOURCE, html, text: `T${textPart}` });
      // Twice, because the second copy must not see anything of the first.
      compiled.render({ ...VARS, data: { ...values, a: 'another', flag: !values.flag } });
      const message = compiled.render({ ...VARS, data: values });
      for (const line of message.toString('latin1').split('\r\n')) expect(line).toMatch(/^(?!\.)[\t\x20-\x7e]{0,78}$/);
      const parsed = await PostalMime.parse(message);
      expect(parsed.html ?? '').toBe(asBody(render('html', html, values)));
      expect(parsed.text ?? '').toBe(asBody(render('none', `T${textPart}`, values)));
    }),
    BODIES,
  );
});

const HEADERS = { numRuns: 250, share: 0.2 };
test('headers too: subject, name, extra header', { timeout: fuzzTimeoutMs(HEADERS) }, async () => {
  const line = template.map((source) => source.replace(/[\r\n]/g, ' ').replaceAll('\0', ''));
  await holds(
    'header values',
    fc.asyncProperty(
      line,
      line,
      fc.oneof(fc.constantFrom(...SCRIPTS, ...SHAPES), fc.string({ unit: 'binary' })),
      data,
      async (subject, extra, name, values) => {
        const expected = { subject: render('none', subject, values), extra: render('none', extra, values) };
        // Loops in loops can pass the limit of a header value, which is tested elsewhere.
        fc.pre(Math.max(expected.subject.length, expected.extra.length) < 16_000);
        const compiled = compileMessage({ ...SOURCE, subject, headers: { 'X-Extra': extra } });
        const parsed = await PostalMime.parse(
          compiled.render({ ...VARS, data: values, to: { name, address: 'a@b.co' } }),
        );
        expect(parsed.subject ?? '').toBe(asHeader(expected.subject));
        expect(parsed.to).toEqual([{ name: asHeader(name), address: 'a@b.co' }]);
        const value = parsed.headers.find((header) => header.key === 'x-extra')?.value ?? '';
        expect(decodeWords(value)).toBe(asHeader(expected.extra));
      },
    ),
    HEADERS,
  );
});

const ATTACKS = { numRuns: 250, share: 0.15 };
test('no merge data can add or end a header, or change the structure', {
  timeout: fuzzTimeoutMs(ATTACKS),
}, async () => {
  const attack = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '\r\n',
          '\n',
          '\r',
          '\u0000',
          '\u000b',
          '\u2028',
          '\u0085',
          'Bcc: x@y.z',
          '\r\n\r\n',
          '--',
          '.\r\n',
          '>',
          '<',
          '"',
          ':',
          '=?',
          '?=',
          '\r\n.\r\n',
        ),
        fc.string({ maxLength: 10 }),
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join(''));
  const compiled = compileMessage({
    ...SOURCE,
    replyTo: { name: 'Reply', address: 'r@acme.test' },
    subject: '{{ v }}',
    html: '{{ v | raw }}',
    text: '{{ v }}',
    headers: { 'X-Extra': 'a {{ v }}' },
    attachments: [{ filename: 'a.txt', contentType: 'text/plain', content: Buffer.from('x') }],
  });
  const shapeOf = (message: Buffer) =>
    message
      .toString('latin1')
      .split('\r\n')
      .filter((line) => /^(?:[A-Za-z-]+:|--)/.test(line))
      .map((line) => (line.startsWith('--') ? line : line.slice(0, line.indexOf(':'))));
  const expected = shapeOf(compiled.render({ ...VARS, data: { v: 'harmless' } }));
  await holds(
    'attacks on headers',
    fc.asyncProperty(attack, attack, async (v, name) => {
      const message = compiled.render({ ...VARS, data: { v }, to: { name, address: 'a@b.co' } });
      const body = message.indexOf('\r\n\r\n');
      const headers = message.subarray(0, body).toString('latin1');
      expect(headers).not.toMatch(/[^\r]\n|\r[^\n]/);
      expect(shapeOf(Buffer.from(headers))).toEqual(expected.slice(0, expected.indexOf('Content-Type') + 1));
      const parsed = await PostalMime.parse(message);
      expect(parsed.headers.map((header) => header.key)).not.toContain('bcc');
      expect([parsed.attachments.length, parsed.to?.length, parsed.replyTo?.length, parsed.bcc?.length ?? 0]).toEqual([
        1, 1, 1, 0,
      ]);
      expect(message.toString('latin1').match(/^--=_[\w-]{20}(?:--)?\r?$/gm)).toHaveLength(6);
    }),
    ATTACKS,
  );
});
