import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { LinkTokens } from '../domain/link-tokens.ts';
import { SOURCE, VARS } from './compile.fixtures.ts';
import { compileMessage } from './compile.ts';
import { CopyLinker, type LinkPlan, rulesOf } from './copy-links.ts';
import { listLinks } from './message-links.ts';

const tokens = new LinkTokens(randomBytes(32));
const sendId = '019a3f44-8c1e-7abc-9def-0123456789ab';
const ref = { sendId, seq: 7 };

function planOf(html: string, { opens = false, utm = false } = {}): LinkPlan {
  const links = listLinks(html).map((link, no) => ({ ...link, no }));
  return { links, opens, destinationOf: (url) => (utm ? `${url}?utm_source=x` : url) };
}

/** What a recipient with these fields gets. */
function rendered(html: string, data: object = {}, { opens = false, isFollowed = true, utm = false } = {}): string {
  const plan = planOf(html, { opens, utm });
  const message = compileMessage({ ...SOURCE, html, links: rulesOf(plan) });
  const links = new CopyLinker(tokens, 'https://go.test', plan).of(ref, isFollowed);
  const vars = { ...VARS, data: { ...VARS.data, ...data }, links };
  const shown = message.preview(vars).html ?? '';
  expect(message.render(vars).length).toBeGreaterThan(0);
  return shown;
}

/** Which links of ours stand in it, and what is left of it without them. */
function read(html: string): { links: Array<[number, number] | null>; rest: string } {
  const links: Array<[number, number] | null> = [];
  const rest = html.replace(/https:\/\/go\.test\/c\/([\w-]+)/g, (_, token: string) => {
    const found = tokens.read('click', token);
    links.push(found && [found.link, found.turn]);
    return '@';
  });
  return { links, rest };
}

describe('links of a message', () => {
  it('are found once each, in order, as browsers read them, and without what leads nowhere outside', () => {
    const html = `<a href="https://a.test/?x=1&amp;y=2">1</a> <A class=x HREF='https://b.test'>2</A> <a href=https://c.test>3</a>
      <a href="https://b.test">again</a> <area href="https://d.test/#x"> <a href="#top">-</a> <a href="mailto:a@b.test">-</a>
      <a href="tel:+49">-</a> <a href="/relative">-</a> <a href="">-</a> <a href="ftp://e.test">-</a> <a href="https://">-</a>
      <a href="{{unsubscribeUrl}}">-</a> <a href="{{ preferencesUrl }}?x=1">-</a> <a href="{{ webVersionUrl }}">-</a>
      <a data-no-track href="https://f.test">-</a> <a href="https://g.test" data-no-track="1">-</a>
      <!-- <a href="https://h.test">-</a> --> <!--[if mso]><v:roundrect href="https://i.test"></v:roundrect><![endif]-->
      <a title='href="https://j.test" >' href="https://k.test">4</a> <link href="https://l.test"> <img src="https://m.test">
      <style>a[href="https://n.test"]{}</style> {% raw %}<a href="https://o.test">-</a>{% endraw %} <a name="href">-</a>`;
    expect(listLinks(html)).toEqual(
      [
        'https://a.test/?x=1&y=2',
        'https://b.test',
        'https://c.test',
        'https://d.test/#x',
        'https://i.test',
        'https://k.test',
      ].map((url) => ({ url, isPersonal: false })),
    );
  });

  it('lead through here for who is followed, and are as they were written for who is not', () => {
    const html =
      '<p><a href="https://a.test/?x=1&amp;y=2">a</a> <a class="b" href=\'https://b.test\'>b</a> <a href="{{unsubscribeUrl}}">u</a></p>';
    expect(read(rendered(html))).toEqual({
      links: [
        [0, 0],
        [1, 0],
      ],
      rest: '<p><a href="@">a</a> <a class="b" href="@">b</a> <a href="https://acme.test/u/t0k3n">u</a></p>',
    });
    expect(rendered(html, {}, { isFollowed: false })).toBe(
      '<p><a href="https://a.test/?x=1&amp;y=2">a</a> <a class="b" href="https://b.test">b</a> <a href="https://acme.test/u/t0k3n">u</a></p>',
    );
  });

  it('that differ from reader to reader are numbered by where they stand, and by their turn in a loop', () => {
    const html =
      '{% for p in items %}<a href="{{ p.url }}">{{ p.name }}</a>{% endfor %}<a href="https://s.test/{{ code }}?a=1&amp;b={{ b | url_encode }}">s</a>';
    const items = [
      { url: 'https://one.test', name: '1' },
      { url: 'mailto:x@y.test', name: '2' },
      { url: 'https://three.test/?a=1&b=2', name: '3' },
    ];
    expect(read(rendered(html, { items, code: 'Q', b: 'x y' }))).toEqual({
      links: [
        [0, 0],
        [0, 1],
        [1, 0],
      ],
      rest: '<a href="@">1</a><a href="mailto:x@y.test">2</a><a href="@">3</a><a href="@">s</a>',
    });
    expect(rendered(html, { items, code: 'Q', b: 'x y' }, { isFollowed: false, utm: true })).toContain(
      '<a href="https://three.test/?a=1&amp;b=2?utm_source=x">3</a><a href="https://s.test/Q?a=1&amp;b=x+y?utm_source=x">s</a>',
    );
  });

  it('stay as they are where Liquid does not end within the attribute', () => {
    const html = '<a href="{% if a %}https://a.test">a</a>{% else %}https://b.test">b</a>{% endif %}';
    expect(rendered(html, { a: true })).toBe('<a href="https://a.test">a</a>');
  });

  it('may be chosen by conditions within the attribute', () => {
    const html = '<a href="{% if a %}https://a.test{% else %}https://b.test{% endif %}">a</a>';
    expect(read(rendered(html, { a: true }))).toEqual({ links: [[0, 0]], rest: '<a href="@">a</a>' });
  });

  it('have a picture after them that tells of an opening, as the last thing of the body, only for who is followed', () => {
    const html = '<html><body><p>x</p></BODY></html>';
    const [, token = '', end] =
      /https:\/\/go\.test\/o\/([\w-]+)"[^>]*>(.*)$/.exec(rendered(html, {}, { opens: true })) ?? [];
    expect(tokens.read('open', token)).toEqual({ ...ref, link: 0, turn: 0 });
    expect(end).toBe('</BODY></html>');
    expect(rendered(html, {}, { opens: true, isFollowed: false })).toBe(html);
    expect(rendered('<p>x</p>', {}, { opens: true })).toMatch(/<p>x<\/p><img [^>]*>$/);
  });

  it('cannot be made by authors with the tag of the compiler', () => {
    expect(() => compileMessage({ ...SOURCE, html: '{% postrider_link 1 %}x{% endpostrider_link %}' })).toThrow(
      /postrider_link/,
    );
  });
});
