import { describe, expect, test } from 'vitest';
import { LIQUID_LIMITS } from './liquid-engine.ts';
import { MessageError, TemplateError } from './message-errors.ts';
import { listVariables, parseTemplate } from './template.ts';

type Data = Record<string, unknown>;

function render(source: string, data: Data = {}, mode: 'html' | 'none' = 'html'): string {
  const template = parseTemplate(source, { escape: mode, field: 'html' });
  return template.renderText(template.newContext(data));
}

function syntaxError(source: string): TemplateError {
  try {
    parseTemplate(source, { escape: 'html', field: 'html' });
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}

describe('rendering', () => {
  const data = { name: `<b> & "q" 'a'`, empty: '', no: false, zero: 0, list: ['a', '<'], company: { name: 'A&B' } };

  test.each([
    ['{{ name }}', '&lt;b&gt; &amp; &#34;q&#34; &#39;a&#39;'],
    ['{{ name | raw }}', `<b> & "q" 'a'`],
    ['{{ name | escape }}', '&lt;b&gt; &amp; &#34;q&#34; &#39;a&#39;'],
    ['{{ missing }}|{{ company.missing.more }}', '|'],
    ['{{ company.name }} {{ company["name"] }}', 'A&amp;B A&amp;B'],
    ['{{ missing | default: "<you>" }}', '&lt;you&gt;'],
    ['{{ empty | default: "x" }}{{ no | default: "y" }}{{ zero | default: "z" }}', 'xy0'],
    ['{{ missing | default: "<hr>" | raw }}', '<hr>'],
    ['{{ list }} {{ list.size }} {{ list.first }} {{ list[1] }}', 'a&lt; 2 a &lt;'],
    ['{{ "a&b\nc" | newline_to_br }}', 'a&amp;b<br />\nc'],
    ['{% assign name = "local" %}{{ name }}', 'local'],
    ['{% for name in list %}{{ name }}{{ forloop.index }}{% endfor %}', 'a1&lt;2'],
    ['{% if company.name %}{{ company.name }}{% endif %}', 'A&amp;B'],
    ['a{% break %}b', 'a'],
    ['{{ 0 | date: "%Y-%m-%d %H:%M %B" }}', '1970-01-01 00:00 January'],
  ])('%s', (source, expected) => {
    expect(render(source, data)).toBe(expected);
  });

  test('text and headers are not escaped', () => {
    expect(render('{{ name }}', data, 'none')).toBe(data.name);
  });

  test('prototypes cannot be reached', () => {
    expect(render('{{ constructor }}{{ name.constructor }}{{ company.__proto__ }}{{ toString }}', data)).toBe('');
  });

  test('counting does not change the data', () => {
    const counted = { n: 5 };
    expect(render('{% increment n %}{% decrement n %}', counted)).toBe('55');
    expect(counted).toEqual({ n: 5 });
  });

  test('builtins win over data', () => {
    const template = parseTemplate('{{ unsubscribeUrl }}', { escape: 'none', field: 'text' });
    expect(template.renderText(template.newContext({ unsubscribeUrl: 'evil' }, { unsubscribeUrl: 'https://u' }))).toBe(
      'https://u',
    );
  });
});

describe('syntax errors name field, line, column and a way out', () => {
  test.each([
    ['Hello\n  {{ name | defualt: "x" }}', 2, 3, 'no filter "defualt". Did you mean "default"?'],
    ['{{ name', 1, 1, '"{{" is never closed'],
    ['a {% if x', 1, 3, '"{%" is never closed'],
    ['\n\n{% if x %}yes', 3, 1, '{% if x %} is never closed: add {% endif %}'],
    ['{% for a in b %}', 1, 1, 'add {% endfor %}'],
    ['x{% endif %}', 1, 2, '{% endif %} closes nothing'],
    ['{% else %}', 1, 1, 'outside of {% if %}'],
    ['{% fro x in y %}', 1, 1, 'no tag {% fro %}. Did you mean "for"?'],
    ['{% include "a" %}', 1, 1, 'one template'],
    ['{% render "a" %}', 1, 1, 'one template'],
    ['{% layout "a" %}', 1, 1, 'one template'],
    ['{{ }}', 1, 4, 'nothing stands between'],
    ['{% if a %}\n{{ b | nope }}{% endif %}', 2, 1, 'no filter "nope"'],
  ])('%j', (source, line, column, words) => {
    const error = syntaxError(source);
    expect(error.message).toContain(words);
    expect([error.field, error.line, error.column]).toEqual(['html', line, column]);
    expect(error.code).toBe('TEMPLATE_SYNTAX');
    expect(error.message.startsWith(`html, line ${line}, column ${column}: `)).toBe(true);
  });

  test('a template of absurd length is refused', () => {
    expect(syntaxError('x'.repeat(LIQUID_LIMITS.source + 1)).message).toContain('too long');
  });
});

describe('limits fail one recipient', () => {
  test.each([
    ['{% for a in (1..1000) %}{% for b in (1..1000) %}x{% endfor %}{% endfor %}', 'steps'],
    ['{% assign a = (1..100000000) %}', 'memory'],
    ['{% for i in (1..60) %}{% capture x %}{{ x }}{{ x }}a{% endcapture %}{% endfor %}', 'memory'],
    [`{% for a in (1..2000) %}${'x'.repeat(6000)}{% endfor %}`, 'longer than'],
  ])('%.60s', (source, words) => {
    expect(() => render(source, {}, 'none')).toThrow(MessageError);
    expect(() => render(source, {}, 'none')).toThrow(words);
  });

  test('an error at run time says where', () => {
    expect(() => render('a\n{% cycle "a" | nope %}')).toThrow(/html: cannot be rendered.*line 2/s);
  });
});

test('the merge fields of a template are listed', () => {
  const source =
    '{{ firstName }} {% assign x = city %}{{ x }}{% for p in products %}{{ p.name }}{% endfor %}{% if vip.level > 1 %}{{ "a" | append: suffix }}{% endif %}{{ firstName }}';
  expect(listVariables(parseTemplate(source, { escape: 'none', field: 'text' }))).toEqual([
    'firstName',
    'city',
    'products',
    'vip',
    'suffix',
  ]);
});
