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
