import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shieldLiquid } from './liquid-shield.ts';
import { TemplateError } from './message-errors.ts';
import { prepareHtml } from './prepare.ts';
import { parseTemplate } from './template.ts';

async function inlined(body: string, css = '.a{color:red}'): Promise<string> {
  const { html } = await prepareHtml({
    html: `<!DOCTYPE html><html><head><style>${css}</style></head><body>${body}</body></html>`,
  });
  return /<body[^>]*>([\s\S]*)<\/body>/.exec(html)?.[1] ?? '';
}

function render(html: string, data: object): string {
  const template = parseTemplate(html, { escape: 'html', field: 'html' });
  return template.renderText(template.newContext(data));
}

async function rejected(promise: Promise<unknown>): Promise<TemplateError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof TemplateError) return error;
  throw new Error('no TemplateError');
}

describe('inlining leaves Liquid as it was', () => {
  test.each([
    [
      'in text',
      '<p class="a">{{ x | default: "y" }} {% if a < b %}&lt;{% endif %}</p>',
      '<p class="a" style="color: red;">{{ x | default: "y" }} {% if a < b %}&lt;{% endif %}</p>',
    ],
    [
      'around rows',
      '<table>{% for r in rows %}<tr class="a"><td>{{ r }}</td></tr>{% else %}<tr><td>none</td></tr>{% endfor %}</table>',
      '<table>{% for r in rows %}<tr class="a" style="color: red;"><td>{{ r }}</td></tr>{% else %}<tr><td>none</td></tr>{% endfor %}</table>',
    ],
    [
      'around rows in a tbody',
      '<table><tbody>{% if x %}<tr><td>1</td></tr>{% endif %}</tbody></table>',
      '<table><tbody>{% if x %}<tr><td>1</td></tr>{% endif %}</tbody></table>',
    ],
    [
      'around cells',
      '<table><tbody><tr>{% if x %}<td class="a">1</td>{% endif %}</tr></tbody></table>',
      '<table><tbody><tr>{% if x %}<td class="a" style="color: red;">1</td>{% endif %}</tr></tbody></table>',
    ],
    [
      'in attributes',
      '<a class="a" href="{{ url | append: "?a=1&b=2" }}">x</a>',
      '<a class="a" href="{{ url | append: "?a=1&b=2" }}" style="color: red;">x</a>',
    ],
    ['in an attribute without quotes', '<a href={{ url }}>x</a>', '<a href="{{ url }}">x</a>'],
    ['between attributes', '<td {% if w %}width="{{ w }}"{% else %}width="9"{% endif %}>', ' '],
    ['in a class', '<b class="{% if x %}a{% endif %} z">x</b>', '<b class="{% if x %}a{% endif %} z">x</b>'],
    [
      'as the value of a style',
      '<b class="a" style="width:{{ w }}px">x</b>',
      '<b class="a" style="color: red;width: {{ w }}px">x</b>',
    ],
    ['as a whole style', '<b class="a" style="{{ s }}">x</b>', '<b class="a" style="{{ s }}">x</b>'],
    [
      'within a style',
      '<b class="a" style="{% if x %}color:blue;{% endif %}width:1px">x</b>',
      '<b class="a" style="{% if x %}color:blue;{% endif %}width:1px">x</b>',
    ],
    [
      'in a comment for Outlook',
      '<!--[if mso]><td width="{{ w }}"><![endif]-->x',
      '<!--[if mso]><td width="{{ w }}"><![endif]-->x',
    ],
    ['alone in a comment', '<!--{{ id }}-->x', '<!--{{ id }}-->x'],
    ['in the name of a tag', '<h{{ n }} class="b">x</h{{ n }}>', '<h{{ n }} class="b">x</h{{ n }}>'],
    [
      'raw',
      '{% raw %}{{ not me }}{% endraw %}{% comment %}<p>{% endcomment %}',
      '{% raw %}{{ not me }}{% endraw %}{% comment %}<p>{% endcomment %}',
    ],
    [
      'over several lines',
      '{% liquid\n assign x = 1\n echo x %}\n{{\n x\n}}',
      '{% liquid\n assign x = 1\n echo x %}\n{{\n x\n}}',
    ],
  ])('%s', async (name, body, expected) => {
    // A cell without a table is dropped by any parser; what matters is that its attributes came through before.
    const source = name === 'between attributes' ? `<table><tbody><tr>${body}x</td></tr></tbody></table>` : body;
    const result = await inlined(source);
    expect(result).toBe(
      name === 'between attributes'
        ? '<table><tbody><tr><td {% if w %}width="{{ w }}"{% else %}width="9"{% endif %}>x</td></tr></tbody></table>'
        : expected,
    );
  });

  test('a brand colour in a rule reaches the element; conditional rules stay a style element', async () => {
    const { html } = await prepareHtml({
      html: '<html><head><style>.b{color:{{ brand }}}</style><style>{% if dark %}body{color:#fff}{% endif %}</style></head><body><p class="b">x</p></body></html>',
    });
    expect(html).toContain('<p class="b" style="color: {{ brand }};">');
    expect(html).toContain('<style>{% if dark %}body{color:#fff}{% endif %}</style>');
    expect(html).not.toContain('data-css-inline');
  });

  test('media queries, hover and fonts stay', async () => {
    const css =
      '@media (max-width:600px){.a{width:100%!important}} @font-face{font-family:x;src:url(y)} .a:hover{color:blue} .a{color:red}';
    const { html } = await prepareHtml({ html: `<style>${css}</style><p class="a">x</p>` });
    expect(html).toContain('@media (max-width:600px){.a{width:100%!important}}');
    expect(html).toContain('@font-face');
    expect(html).toContain('.a:hover');
    expect(html).toContain('<p class="a" style="color: red;">');
  });

  test('no file and no address is read', async () => {
    const html =
      '<style>.z{x:y}</style><link rel="stylesheet" href="file:///etc/hostname"><link rel="stylesheet" href="http://127.0.0.1:9/x.css"><p>x</p>';
    expect((await prepareHtml({ html })).html).toContain('<link rel="stylesheet" href="file:///etc/hostname">');
  });

  test('HTML without rules is not touched, nor is CSS that cannot be read', async () => {
    const odd = '<P CLASS=x>a<br>{{ a }}';
    expect(await prepareHtml({ html: odd })).toEqual({ html: odd, warnings: [] });
    const broken = '<style>p{color:red}</style><p style="color">{{ x }}</p>';
    const result = await prepareHtml({ html: broken });
    expect(result.html).toBe(broken);
    expect(result.warnings[0]).toContain('CSS was not inlined');
  });
});

describe('MJML', () => {
  const column = (content: string) =>
    `<mjml><mj-body><mj-section><mj-column>${content}</mj-column></mj-section></mj-body></mjml>`;

  test.each([false, true])('keeps Liquid everywhere, inlining %s', async (inlineCss) => {
    const mjml = `{% assign vip = level | times: 2 %}<mjml><mj-head><mj-title>{{ subject }}</mj-title><mj-style>.x{color:{{ brand }}}</mj-style></mj-head><mj-body>
      {% if vip > 3 %}<mj-section><mj-column>{% for p in products %}<mj-text color="{{ brand }}">Hi {{ p.name | default: "you" }} <table>{% if p.new %}<tr class="x"><td>new</td></tr>{% endif %}</table></mj-text>{% endfor %}<mj-button href="{{ url }}?a=1&amp;b={{ p | url_encode }}">Go</mj-button></mj-column></mj-section>{% endif %}
    </mj-body></mjml>`;
    const { html, warnings } = await prepareHtml({ mjml, inlineCss });
    expect(warnings).toEqual([]);
    const data = {
      level: 2,
      subject: 'S&T',
      brand: '#123456',
      url: 'https://a.b/',
      products: [{ name: 'One', new: true }, {}],
    };
    const rendered = render(html, data);
    expect(rendered).toContain('<title>S&amp;T</title>');
    expect(rendered.match(/Hi (?:One|you) <table/g)).toEqual(['Hi One <table', 'Hi you <table']);
    expect(rendered.match(/<tr class="x"/g)).toHaveLength(1);
    expect(rendered).toContain('color:#123456');
    expect(rendered).toContain('href="https://a.b/?a=1&amp;b="');
    expect(rendered).toContain('@media only screen and (min-width:480px)');
    expect(render(html, { ...data, level: 1 })).not.toContain('Hi');
    expect(html).not.toMatch(/lq[0-9a-f]{16}q\d+/);
  });

  test.each([
    [`\n\n${column('<mj-txt>a</mj-txt>')}`, 3, "mj-txt doesn't exist"],
    ['<mjml>\n<mj-body>\n<mj-text>a</mj-text></mj-body></mjml>', 3, 'cannot be used inside mj-body'],
    ['<p>hello</p>', 1, 'no <mjml>'],
    [column('\n<mj-include path="/etc/passwd" />'), 2, 'mj-include'],
    [column('\n{{ a | nope }}'), 2, 'no filter "nope"'],
  ])('%j is refused with its line', async (mjml, line, words) => {
    const error = await rejected(prepareHtml({ mjml }));
    expect([error.field, error.line]).toEqual(['mjml', line]);
    expect(error.message).toContain(words);
  });

  test('an odd attribute is a warning', async () => {
    const { warnings } = await prepareHtml({
      mjml: column('\n<mj-text colour="red" font-size="{{ size }}">x</mj-text>'),
    });
    expect(warnings).toEqual(['Line 2, mj-text: Attribute colour is illegal']);
  });
});

test('what is shielded comes back, whatever the HTML around it', () => {
  const piece = fc.constantFrom(
    '<p>',
    '<td a="',
    '"',
    "'",
    '>',
    '<!--',
    '-->',
    ' style="',
    ':',
    ';',
    '{{ a }}',
    '{% if b %}',
    '{% endif %}',
    '{% raw %}',
    '{% endraw %}',
    'lq0z',
    '\n',
    '<style>',
    '</style>',
    '<',
    '/',
    '=',
    ' x',
    '<title>',
    '</title>',
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 14 }),
      fc.constantFrom('markup' as const, 'words' as const),
      (pieces, mode) => {
        const source = pieces.join('');
        try {
          parseTemplate(source, { escape: 'none', field: 'html' });
        } catch {
          return;
        }
        const shield = shieldLiquid(source, mode);
        const restored = shield.restore(shield.source).replaceAll(' data-css-inline="ignore"', '');
        expect(restored.replace(/\s/g, '')).toBe(source.replace(/\s/g, ''));
      },
    ),
    { numRuns: 400 },
  );
});
