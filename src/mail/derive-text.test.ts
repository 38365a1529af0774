import { describe, expect, test } from 'vitest';
import { deriveText } from './derive-text.ts';
import { TemplateError } from './message-errors.ts';
import { parseTemplate } from './template.ts';

function read(html: string, data: object = {}): string {
  const template = parseTemplate(deriveText(html), { escape: 'none', field: 'text' });
  return template.renderText(template.newContext(data));
}

describe('the derived text', () => {
  test.each([
    [
      'fields and defaults',
      '<h1>Hi {{ name | default: "you" }}</h1><p>Caf&eacute; &amp; <b>bar</b></p>',
      'Hi {{ name | default: "you" }}\n\nCafé & bar\n',
    ],
    [
      'links',
      '<a href="{{ url }}?a=1&amp;b=2">Read {{ what }}</a> <a href="https://a.b">https://a.b</a> <a href="{{ u }}">{{ u }}</a> <a href="#top">top</a>',
      'Read {{ what }} [{{ url }}?a=1&b=2] https://a.b {{ u }} top\n',
    ],
    ['mail addresses', '<a href="mailto:a@b.co">a@b.co</a>', 'a@b.co\n'],
    [
      'images',
      '<a href="https://a.b"><img src="x" alt="Our {{ shop }}"></a><img src="pixel" alt="">',
      'Our {{ shop }} [https://a.b]\n',
    ],
    [
      'lists',
      '<ul>{% for i in list %}<li>{{ i }}</li>{% endfor %}</ul>',
      '{% for i in list %} * {{ i }}\n{% endfor %}\n',
    ],
    [
      'cells beside each other',
      '<table><tr><th>a</th><th>b</th></tr><tr><td>{{ c }}</td><td>d</td></tr></table>',
      'a b\n{{ c }} d\n',
    ],
    ['no preheader', '<div style="display:none;max-height:0">pre {{ x }}</div><p>seen</p>', 'seen\n'],
    [
      'no head, style, script or comment',
      '<html><head><title>t</title><style>p{}</style></head><body><!-- c --><script>s</script><p>seen</p></body></html>',
      'seen\n',
    ],
    ['long lines are not wrapped', `<p>${'word '.repeat(60)}</p>`, `${'word '.repeat(60).trim()}\n`],
    [
      'nothing is escaped',
      '<p>{{ a | escape }} {{ b | newline_to_br | raw }} {{ c | raw }}</p>',
      '{{ a }} {{ b | strip_html }} {{ c | strip_html }}\n',
    ],
  ])('%s', (_, html, expected) => {
    const text = deriveText(html);
    expect(text).toBe(expected);
  });

  test('conditions and loops leave no empty lines behind', () => {
    const html =
      '<p>Hello</p>{% if vip %}<p>VIP {{ name }}</p>{% else %}<p>Not</p>{% endif %}{% for p in list %}<div>{{ p }}</div>{% endfor %}<p>Bye</p>';
    expect(read(html, { vip: true, name: 'A&B', list: ['x', 'y'] })).toBe('Hello\n\nVIP A&B\n\nx\ny\nBye\n');
    expect(read(html, { list: [] })).toBe('Hello\n\nNot\n\nBye\n');
  });

  test('a condition within a sentence keeps its spaces', () => {
    const html = '<p>Dear {% if t %}{{ t }} {% endif %}{{ n }}, <b>{% if x < 2 %}few{% else %}many{% endif %}</b>.</p>';
    expect(read(html, { t: 'Dr', n: 'No', x: 1 })).toBe('Dear Dr No, few.\n');
  });

  test('what is assigned where nothing shows still holds', () => {
    const html =
      '{% assign a = "1" %}<html><head>{% assign b = "2" %}</head><body><!-- {% assign c = "3" %} --><div style="display:none">{% assign d = "4" %}</div>{% capture e %}<i>5</i>{% endcapture %}<p>{{ a }}{{ b }}{{ c }}{{ d }}{{ e | raw }}</p></body></html>';
    expect(read(html)).toBe('12345\n');
  });

  test('conditions around elements of any kind', () => {
    const html =
      '<table>{% if a %}<tr {% if b %}class="x"{% endif %}><td>A</td></tr>{% endif %}</table><!-- {% if c %} --><p>C</p><!-- {% endif %} -->';
    expect(read(html, { a: true }).trim()).toBe('A');
    expect(read(html, { c: true }).trim()).toBe('C');
  });

  test('what cannot be untangled is said', () => {
    expect(() => deriveText('<div style="display:none">{% if a %}</div><p>x</p>{% endif %}')).toThrow(TemplateError);
    expect(() => deriveText('<div style="display:none">{% if a %}</div><p>x</p>{% endif %}')).toThrow(
      'Write the text version yourself',
    );
  });
});
