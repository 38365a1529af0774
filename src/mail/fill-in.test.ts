import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillIn } from './fill-in.ts';
import { parseTemplate } from './template.ts';

const feed = { title: 'Tom & Co', link: 'https://blog.test/' };
const items = [
  { title: 'One <b>', link: 'https://blog.test/1', html: '<p>First</p>' },
  { title: 'Two', link: 'https://blog.test/2', html: '<p>Second</p>' },
];
const html = (source: string, values: object = { feed, items }) =>
  fillIn(source, values as Record<string, unknown>, { escape: 'html', field: 'html' });
const text = (source: string, values: object = { feed, items }) =>
  fillIn(source, values as Record<string, unknown>, { escape: 'none', field: 'text' });
/** What a recipient reads in the end. */
function read(source: string, data: object, values?: object): string {
  const template = parseTemplate(html(source, values), { escape: 'html', field: 'html' });
  return template.renderText(template.newContext(data));
}

describe('filling in what is the same for everybody', () => {
  it('unrolls loops, escapes values, and leaves the fields of recipients where they are', () => {
    expect(
      html(
        '<h1>{{ feed.title }}</h1>{% for item in items limit: 1 %}<a href="{{ item.link }}">{{ item.title }}</a> {{ firstName | default: "you" }}{{ item.html | raw }}{% endfor %}',
      ),
    ).toBe(
      '<h1>Tom &amp; Co</h1><a href="https://blog.test/1">One &lt;b&gt;</a> {{ firstName | default: "you" }}<p>First</p>',
    );
    expect(text('{{ items[0].title }}: {{ items.size }} for {{ firstName }}')).toBe('One <b>: 2 for {{ firstName }}');
  });

  it('keeps what depends on the recipient, with values inside', () => {
    const source =
      '{% if vip %}{{ items.size }}{% elsif city == "Rome" %}{% for t in tags %}{{ t }}{{ forloop.index }} {{ feed.title }}{% endfor %}{% else %}-{% endif %}';
    expect(html(source)).toBe(
      '{% if vip %}2{% elsif city == "Rome" %}{% for t in tags %}{{ t }}{{ forloop.index }} Tom &amp; Co{% endfor %}{% else %}-{% endif %}',
    );
    expect(read('{% assign n = 0 %}{% for i in items %}{% assign n = n | plus: 1 %}{{ n }}{% endfor %}', {})).toBe(
      '12',
    );
    expect(read('{% capture c %}{{ items[1].title }} for {{ name }}{% endcapture %}{{ c }}!', { name: '<Ada>' })).toBe(
      'Two for &lt;Ada&gt;!',
    );
    expect(read('{% for i in items %}{% if forloop.last %}{% break %}{% endif %}{{ i.title }}{% endfor %}.', {})).toBe(
      'One &lt;b&gt;.',
    );
    expect(read('{% assign first = items | first %}{{ first.link }}{% raw %}{{ feed }}{% endraw %}', {})).toBe(
      'https://blog.test/1{{ feed }}',
    );
  });

  it('lets no value become Liquid, whatever stands beside it', () => {
    const evil = ['{{ email }}', '{% raw %}', '{{', '{', 'a{', '{%', '%}{{ unsubscribeUrl }}', '\ufdd1{'];
    for (const title of evil) {
      const values = { items: [{ title, html: `<p>${title}</p>` }] };
      const source =
        '{% for i in items %}{{ i.title }}{{ name }}{{ i.html | raw }}{ {{ i.title | upcase }}{% endfor %}';
      const shown = read(source, { name: 'Ada', email: 'ada@x.test' }, values);
      expect(shown).toBe(`${title}Ada<p>${title}</p>{ ${title.toUpperCase()}`);
      const words = parseTemplate(text('{{ items[0].title }}% }', values), { escape: 'none', field: 'text' });
      expect(words.renderText(words.newContext({ email: 'ada@x.test' }))).toBe(`${title}% }`);
    }
    expect(html('<p>{{ items[0].title }}</p>', { items: [{ title: 'if (a) { b } {' }] })).toBe(
      '<p>if (a) { b } {{ "{" }}</p>',
    );
    expect(html('?q={{ items[0].title | url_encode }}', { items: [{ title: 'a{b' }] })).toBe('?q=a%7Bb');
  });

  it('comes to what rendering everything at once comes to, whatever the values are', () => {
    const source =
      '{ {{ name }}{% for i in items %}{{ "{" }}{{ i.title }}{{ name }}{{ i.title | raw }}<b>{{ i.title }}{% if name %}{{ i.title }}{% endif %}% {% endfor %}{{ items[0].title }}';
    const values = fc.array(fc.stringMatching(/^[{}%"'<&a |]{0,8}$/), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(values, (titles) => {
        const given = { items: titles.map((title) => ({ title })) };
        const whole = parseTemplate(source, { escape: 'html', field: 'html' });
        const wanted = whole.renderText(whole.newContext({ ...given, name: '{{ x }}' }));
        expect(read(source, { name: '{{ x }}' }, given)).toBe(wanted);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['{% for i in items %}\n{% if i.city == city %}x{% endif %}{% endfor %}', 2],
    ['{{ items[0].title | append: firstName }}', 1],
    ['{% if vip %}{% assign n = items.size %}{% endif %}', 1],
    ['{% for i in items %}{% if vip %}{% break %}{% endif %}{% endfor %}', 1],
    ['{% if items.size > 1 %}{% elsif vip %}{% endif %}', 1],
  ])('refuses what would need both at once: %s', (source, line) => {
    expect(() => html(source)).toThrow(`html, line ${line},`);
  });
});
