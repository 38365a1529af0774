import { Liquid } from 'liquidjs';
import MailComposer from 'nodemailer/lib/mail-composer';
import PostalMime, { type Email } from 'postal-mime';
import { expect, test } from 'vitest';
import { SOURCE, VARS } from './compile.fixtures.ts';
import { compileMessage } from './compile.ts';
import type { Attachment, MessageSource, MessageVariables } from './message.ts';

const LOGO: Attachment = {
  filename: 'logo.png',
  contentType: 'image/png',
  content: Buffer.from('89504e470d0a1a0a', 'hex'),
  cid: 'logo@acme.test',
};
const REPORT: Attachment = {
  filename: "Bericht für 'März' (日本語), sehr langer Name zum Umbrechen; v2.pdf",
  contentType: 'application/pdf',
  content: Buffer.alloc(1000, '\u0000\u0001ÿ'),
};
const PHOTO: Attachment = {
  filename: 'Foto 写真.jpg',
  contentType: 'image/jpeg',
  content: Buffer.alloc(200, 'ÿØ'),
  cid: 'photo.1@acme.test',
};
const EMPTY: Attachment = { filename: 'empty.txt', contentType: 'text/plain', content: Buffer.alloc(0) };

const escaping = new Liquid({ outputEscape: 'escape' });
const plain = new Liquid();

async function compose(source: MessageSource, vars: MessageVariables): Promise<Buffer> {
  const data = { ...vars.data, unsubscribeUrl: vars.unsubscribeUrl };
  const composer = new MailComposer({
    from: { name: source.from.name ?? '', address: source.from.address },
    to: { name: vars.to.name ?? '', address: vars.to.address },
    ...(source.replyTo === undefined
      ? {}
      : { replyTo: { name: source.replyTo.name ?? '', address: source.replyTo.address } }),
    subject: plain.parseAndRenderSync(source.subject, data) as string,
    ...(source.html === undefined ? {} : { html: escaping.parseAndRenderSync(source.html, data) as string }),
    text: plain.parseAndRenderSync(source.text ?? '', data) as string,
    messageId: `<${vars.messageId}>`,
    date: vars.date,
    headers: { ...source.headers, 'Feedback-ID': vars.feedbackId, 'List-Unsubscribe': `<${vars.unsubscribeUrl}>` },
    attachments: (source.attachments ?? []).map(({ cid, ...rest }) =>
      cid === undefined ? rest : { ...rest, cid, contentDisposition: 'inline' as const },
    ),
  });
  return composer.compile().build();
}

function essence(email: Email) {
  const { from, to, replyTo, subject, messageId, date, headers } = email;
  const raw = (key: string) => headers.find((header) => header.key === key)?.value;
  return {
    ...{ from, to, replyTo, subject, messageId, date, html: email.html?.trimEnd(), text: email.text?.trimEnd() },
    listUnsubscribe: raw('list-unsubscribe'),
    feedbackId: raw('feedback-id'),
    extra: raw('x-extra'),
    attachments: email.attachments
      .map(({ filename, mimeType, disposition, contentId, content }) => ({
        filename,
        mimeType,
        disposition,
        contentId,
        content: Buffer.from(content as ArrayBuffer).toString('hex'),
      }))
      .sort((a, b) => (a.filename ?? '').localeCompare(b.filename ?? '')),
  };
}

const html = `<!doctype html><p>Grüße, {{ name }}!</p>{% for i in items %}<li>{{ i }} – 价格</li>{% endfor %}${'<td style="padding:0">lang </td>'.repeat(40)}<a href="{{ unsubscribeUrl }}">x</a>`;
const text = `Grüße, {{ name }}!\n\n. point\nFrom here\n trailing \n{% for i in items %}- {{ i }}\n{% endfor %}${'word '.repeat(60)}\n-- \nAcme`;
const people: MessageVariables['to'][] = [
  { address: 'plain@example.com' },
  { name: 'Lovelace, Ada "Countess"', address: 'Ada+news@example.com' },
  { name: 'محمد بن موسى', address: 'm@example.com' },
  { name: '山田太郎 👩🏽‍🚀', address: 'yamada@例え.jp' },
  {
    name: 'Ein sehr langer Name, der nicht in eine einzige Zeile der Kopfzeilen passt, denn er hat viele Wörter',
    address: 'l@example.com',
  },
];
const sources: Record<string, MessageSource> = {
  'text and HTML': { ...SOURCE, html, text },
  'text alone': { from: SOURCE.from, subject: 'Plain text', text },
  'a long subject': {
    ...SOURCE,
    subject:
      'Wir haben Neuigkeiten für {{ name }} – und für alle anderen, die {{ name }} heißen 🎉🎉🎉 und länger lesen mögen',
  },
  'an ASCII subject that folds': { ...SOURCE, subject: `${'many words '.repeat(15)}{{ name }}` },
  'an image': { ...SOURCE, html, text, attachments: [LOGO] },
  files: {
    ...SOURCE,
    html,
    text,
    attachments: [REPORT, EMPTY],
    replyTo: { name: 'Büro', address: 'office@acme.test' },
  },
  'several images': { ...SOURCE, html, text, attachments: [LOGO, PHOTO] },
  'several images and files': { ...SOURCE, html, text, attachments: [REPORT, LOGO, EMPTY, PHOTO] },
  'a file with text alone': { from: SOURCE.from, subject: 'Plain text', text, attachments: [REPORT] },
  'image and file': { ...SOURCE, html, text, attachments: [LOGO, REPORT], headers: { 'X-Extra': 'one two three' } },
};

test.each(Object.entries(sources))("%s: a reader sees the same as in nodemailer's message", async (_, source) => {
  const compiled = compileMessage(source);
  for (const to of people) {
    const vars = { ...VARS, to, data: { name: to.name ?? 'du', items: ['a & b', 'ü=ö', '😀'] } };
    const [ours, theirs] = await Promise.all([
      PostalMime.parse(compiled.render(vars)),
      PostalMime.parse(await compose(source, vars)),
    ]);
    expect(essence(ours)).toEqual(essence(theirs));
  }
});

/** The tree of a message, one line an entity, indented: its type, its disposition, its id. No parser: only what a tree needs. */
function tree(entity: string, depth = 0): string[] {
  const split = entity.indexOf('\r\n\r\n');
  const headers = entity.slice(0, split).replace(/\r\n[ \t]+/g, ' ');
  const field = (name: string) => new RegExp(`^${name}: *([^;\\r]*)`, 'im').exec(headers)?.[1]?.trim() ?? '';
  const type = field('Content-Type').toLowerCase();
  const line = [type, field('Content-Disposition'), field('Content-ID')].filter(Boolean).join(' ');
  const boundary = /^Content-Type:.*boundary="?([^";\r]+)/im.exec(headers)?.[1];
  if (boundary === undefined) return [' '.repeat(depth) + line];
  const parts = `\r\n${entity.slice(split + 4)}`.split(`\r\n--${boundary}`).slice(1, -1);
  return [' '.repeat(depth) + line, ...parts.flatMap((part) => tree(part.replace(/^[ \t]*\r\n/, ''), depth + 1))];
}

test.each(Object.entries(sources))(
  "%s: the parts stand in each other as in nodemailer's message",
  async (_, source) => {
    const vars = { ...VARS, data: { name: 'Ada', items: ['a'] } };
    const theirs = (await compose(source, vars)).toString('latin1');
    expect(tree(compileMessage(source).render(vars).toString('latin1'))).toEqual(tree(theirs));
  },
);

test('image and file: related in alternative in mixed', () => {
  const message = compileMessage(sources['image and file'] ?? SOURCE).render({ ...VARS, data: { items: [] } });
  expect(tree(message.toString('latin1'))).toEqual([
    'multipart/mixed',
    ' multipart/alternative',
    '  text/plain',
    '  multipart/related',
    '   text/html',
    '   image/png inline <logo@acme.test>',
    ' application/pdf attachment',
  ]);
});

const NAMES = [
  'report.pdf',
  'two words (final).pdf',
  `${'long ascii name '.repeat(12)}.pdf`,
  'q"uote\\back.pdf',
  "it's 100% *sure*.pdf",
  'ü.pdf',
  'Отчёт за март, очень длинное имя, которое не помещается в одну строку.pdf',
  'تقرير مارس.pdf',
  'דוח מרץ.pdf',
  '三月报告'.repeat(12),
  'รายงาน.pdf',
  '👩🏽‍🚀🏳️‍🌈 emoji.pdf',
];

/** Readers older than RFC 2231 take the name from Content-Type, all others from Content-Disposition: each must do alone. */
test.each(NAMES)('the file name %j is read as in nodemailer, from either place that has it', async (filename) => {
  const source = { ...SOURCE, attachments: [{ ...EMPTY, filename }] };
  const vars = { ...VARS, data: {} };
  const ours = compileMessage(source).render(vars).toString('latin1');
  const theirs = (await compose(source, vars)).toString('latin1');
  const nameOf = async (message: string) => (await PostalMime.parse(message)).attachments[0]?.filename;
  const withoutType = (message: string) => message.replace(/;\r\n name=(?:"(?:[^"\\]|\\.)*"|[^;\r]+)/, '');
  const withoutDisposition = (message: string) =>
    message.replace(/(Content-Disposition: attachment)(?:;[ \t\r\n]+filename[^;\r]*)+/, '$1');
  expect(withoutType(ours)).not.toBe(ours);
  expect(withoutDisposition(ours)).not.toMatch(/filename/);
  expect(await nameOf(theirs)).toBe(filename);
  expect(await nameOf(ours)).toBe(filename);
  expect(await nameOf(withoutType(ours))).toBe(filename);
  expect(await nameOf(withoutDisposition(ours))).toBe(filename);
});
