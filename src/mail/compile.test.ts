import PostalMime, { decodeWords } from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { SOURCE, VARS } from './compile.fixtures.ts';
import { compileMessage } from './compile.ts';
import type { Attachment, MessageSource, MessageVariables } from './message.ts';
import { MessageError } from './message-errors.ts';

const PNG: Attachment = {
  filename: 'logo.png',
  contentType: 'image/png',
  content: Buffer.from([137, 80, 78, 71]),
  cid: 'logo@acme',
};
const PDF: Attachment = {
  filename: 'Preisliste für März.pdf',
  contentType: 'application/pdf',
  content: Buffer.alloc(300, 7),
};

function render(source: Partial<MessageSource> = {}, vars: Partial<MessageVariables> = {}): string {
  return compileMessage({ ...SOURCE, ...source })
    .render({ ...VARS, ...vars })
    .toString('utf8');
}

function contentTypes(message: string): string[] {
  return Array.from(message.matchAll(/^Content-Type: ([^;\r]+)/gm), (match) => match[1] ?? '');
}

function withoutKey<K extends keyof MessageSource>(key: K): Omit<MessageSource, K> {
  const { [key]: _, ...rest } = SOURCE;
  return rest;
}

// postal-mime ends every body with a line break of its own.
describe('the message as it leaves', () => {
  test('every octet of a simple one', () => {
    const message = render();
    const boundary = /boundary="(=_[\w-]{20})"/.exec(message)?.[1] ?? '';
    expect(message.replaceAll(boundary, 'BOUNDARY')).toBe(
      [
        'From: Acme News <news@acme.test>',
        'To: Ada Lovelace <ada@example.com>',
        'Subject: Hello Ada',
        'Date: Sun, 22 Nov 2026 14:05:09 +0000',
        'Message-ID: <c1.7.0a1b2c@acme.test>',
        'List-Unsubscribe: <https://acme.test/u/t0k3n>',
        'Feedback-ID: c1:w1:campaign:acme',
        'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
        'MIME-Version: 1.0',
        'Content-Type: multipart/alternative;',
        ' boundary="BOUNDARY"',
        '',
        '--BOUNDARY',
        'Content-Type: text/plain; charset=utf-8',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        'Hello Ada',
        '--BOUNDARY',
        'Content-Type: text/html; charset=utf-8',
        'Content-Transfer-Encoding: quoted-printable',
        '',
        '<p>Hello Ada</p>',
        '--BOUNDARY--',
        '',
      ].join('\r\n'),
    );
  });

  test('text alone needs no multipart', () => {
    const message = compileMessage(withoutKey('html')).render(VARS).toString();
    expect(contentTypes(message)).toEqual(['text/plain']);
    expect(message.endsWith('\r\n\r\nHello Ada\r\n')).toBe(true);
  });

  test('text is derived from HTML when absent', async () => {
    const message = compileMessage({
      ...withoutKey('text'),
      html: '<p>Hi <b>{{ firstName }}</b></p><a href="{{ unsubscribeUrl }}">Out</a>',
    });
    const parsed = await PostalMime.parse(message.render(VARS));
    expect(parsed.text).toBe('Hi Ada\n\nOut [https://acme.test/u/t0k3n]\n\n');
    expect(parsed.html).toBe('<p>Hi <b>Ada</b></p><a href="https://acme.test/u/t0k3n">Out</a>\n');
  });

  test.each<[string, Attachment[], boolean, string[]]>([
    ['an image', [PNG], true, ['multipart/alternative', 'text/plain', 'multipart/related', 'text/html', 'image/png']],
    ['a file', [PDF], true, ['multipart/mixed', 'multipart/alternative', 'text/plain', 'text/html', 'application/pdf']],
    [
      'both',
      [PDF, PNG],
      true,
      [
        'multipart/mixed',
        'multipart/alternative',
        'text/plain',
        'multipart/related',
        'text/html',
        'image/png',
        'application/pdf',
      ],
    ],
    ['an image without HTML to show it in', [PNG], false, ['multipart/mixed', 'text/plain', 'image/png']],
  ])('the structure with %s', async (_, attachments, hasHtml, expected) => {
    const message = compileMessage({ ...(hasHtml ? SOURCE : withoutKey('html')), attachments }).render(VARS);
    expect(contentTypes(message.toString())).toEqual(expected);
    const parsed = await PostalMime.parse(message);
    expect(parsed.text?.trim()).toBe('Hello Ada');
    const read = new Map(parsed.attachments.map((part) => [part.filename, Buffer.from(part.content as ArrayBuffer)]));
    expect(read).toEqual(new Map(attachments.map((attachment) => [attachment.filename, attachment.content])));
  });

  test('extra headers and Reply-To hold Liquid, not escaped', async () => {
    const message = render(
      {
        replyTo: { name: 'Höfe', address: 'a@höfe.de' },
        headers: { 'X-Plan': '{{ plan }} ü', 'List-Id': 'News <n.acme.test>' },
      },
      { data: { plan: 'A&B' } },
    );
    const parsed = await PostalMime.parse(message);
    expect(parsed.replyTo).toEqual([{ name: 'Höfe', address: 'a@xn--hfe-sna.de' }]);
    expect(decodeWords(parsed.headers.find((header) => header.key === 'x-plan')?.value ?? '')).toBe('A&B ü');
    expect(message).toContain('\r\nList-Id: News <n.acme.test>\r\n');
  });

  test('a message of many recipients is not disturbed by the one that failed', () => {
    const message = compileMessage({
      ...SOURCE,
      html: 'x{% for a in (1..n) %}{% for b in (1..n) %}.{% endfor %}{% endfor %}',
    });
    const good = { ...VARS, data: { n: 2 } };
    const before = message.render(good).toString();
    expect(() => message.render({ ...VARS, data: { n: 1000 } })).toThrow(MessageError);
    expect(message.render(good).toString()).toBe(before);
    expect(before).toContain('\r\n\r\nx....\r\n');
  });

  test('messages keep their bytes while others are rendered', () => {
    const message = compileMessage({ ...SOURCE, text: `{{ firstName }}${'long text '.repeat(400)}` });
    const rendered = Array.from({ length: 100 }, (_, i) => message.render({ ...VARS, data: { firstName: `N${i}` } }));
    rendered.forEach((bytes, i) => {
      expect(bytes.toString().startsWith('From: Acme')).toBe(true);
      expect(bytes.toString()).toContain(`Subject: Hello N${i}\r\n`);
    });
  });
});

describe('what one template assigns', () => {
  const assigning = {
    subject: '{% assign x = "S" %}{{ x }}{{ y }}',
    html: '{% assign y = "H" %}{{ x }}{{ y }}{% increment n %}',
    text: '{{ x }}{{ y }}{% increment n %}T',
  };

  test('stays in it', () => {
    expect(compileMessage({ ...SOURCE, ...assigning }).preview(VARS)).toMatchObject({
      subject: 'S',
      html: 'H0',
      text: '0T',
    });
  });

  test('holds for all that follows in it, in branches, loops and captures', async () => {
    const long = 'A long static text that is encoded once and copied. '.repeat(5);
    const html = `{% assign who = name | upcase %}${long}{% if vip %}${long}{{ who }}{% for p in list %}${long}{{ p }}{{ who }}{% endfor %}{% endif %}{% capture c %}${long}{{ who }}{% endcapture %}{{ c | raw }}.`;
    const parsed = await PostalMime.parse(render({ html }, { data: { name: 'ü', vip: true, list: ['a', 'b'] } }));
    expect(parsed.html).toBe(`${long}${long}Ü${long}aÜ${long}bÜ${long}Ü.\n`);
  });
});

test('a line break that two pieces share is one line break', () => {
  const long = 'A long static text that is encoded once and copied. '.repeat(2).trim();
  const text = `{{ a }}\n{{ a }}{{ b }}{{ a }}${long}\r{{ b }}{{ a }}\n${long}{{ a }}`;
  const body = compileMessage({ ...withoutKey('html'), text })
    .render({ ...VARS, data: { a: 'x\r', b: '\ny' } })
    .toString();
  const read = body.slice(body.indexOf('\r\n\r\n') + 4).replaceAll('=\r\n', '');
  expect(read).toBe(`x\r\nx\r\nyx\r\n${long}\r\nyx\r\n${long}x\r\n\r\n`);
});

describe('addresses beyond ASCII', () => {
  test('a domain goes out in A-labels and needs nothing', () => {
    const vars = { ...VARS, to: { address: 'a@münchen.de' } };
    expect(compileMessage(SOURCE).needsSmtpUtf8(vars)).toBe(false);
    expect(compileMessage(SOURCE).render(vars).toString()).toContain('\r\nTo: a@xn--mnchen-3ya.de\r\n');
  });

  test('a local part needs SMTPUTF8 and stands in the header as it is', () => {
    const vars = { ...VARS, to: { name: 'Jürgen', address: 'jürgen@example.com' } };
    expect(compileMessage(SOURCE).needsSmtpUtf8(vars)).toBe(true);
    expect(compileMessage(SOURCE).render(vars).toString('utf8')).toContain(
      '\r\nTo: =?UTF-8?Q?J=C3=BCrgen?= <jürgen@example.com>\r\n',
    );
    expect(compileMessage({ ...SOURCE, from: { address: 'jürgen@acme.test' } }).needsSmtpUtf8(VARS)).toBe(true);
    expect(compileMessage(SOURCE).needsSmtpUtf8(VARS)).toBe(false);
  });
});

test('the preview shows what people will read', () => {
  const preview = compileMessage({ ...SOURCE, headers: { 'X-A': '{{ firstName }}' } }).preview({
    ...VARS,
    data: { firstName: 'Zoë\r\n&' },
  });
  expect(preview).toEqual({
    subject: 'Hello Zoë &',
    html: '<p>Hello Zoë\r\n&amp;</p>',
    text: 'Hello Zoë\r\n&',
    headers: {
      From: 'Acme News <news@acme.test>',
      To: 'Ada Lovelace <ada@example.com>',
      Subject: 'Hello Zoë &',
      Date: 'Sun, 22 Nov 2026 14:05:09 +0000',
      'Message-ID': '<c1.7.0a1b2c@acme.test>',
      'List-Unsubscribe': '<https://acme.test/u/t0k3n>',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'Feedback-ID': 'c1:w1:campaign:acme',
      'X-A': 'Zoë &',
    },
  });
});
