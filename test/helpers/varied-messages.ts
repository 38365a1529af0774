import { parseEmailAddress } from '../../src/domain/email-address.ts';
import { type CompiledMessage, compileMessage } from '../../src/mail/compile.ts';
import type { Attachment, MessageSource, MessageVariables } from '../../src/mail/message.ts';
import type { IdentifiedMessage } from './hand-made-messages.ts';
import { Random } from './random.ts';

const SEED = 20_261_122;
const random = new Random(SEED);

const NAMES = [
  'Ada Lovelace',
  'Zoë Müller-Lüdenscheidt',
  'Ωμέγα Παπαδοπούλου',
  'Дмитрий Иванович',
  'محمد بن موسى الخوارزمي',
  'שלום עליכם',
  '李小龙',
  '山田太郎',
  'สมชาย ใจดี',
  'Lovelace, Ada "Countess" <x>',
  '👩🏽‍🚀🏳️‍🌈',
  'e\u0301\u0327 combined',
  'line\r\nbreak: in a name',
  '=?utf-8?Q?not_a_word?=',
  '\u202eright to left override',
  'x\ud83dhalf a character',
  '',
];
const DOMAINS = ['example.test', 'bücher.example', '例え.テスト', 'президент.рф', 'مثال.إختبار', 'a.very.deep.example'];
const NOTES = [
  '',
  '.',
  '..\r\n.\r\n...',
  '\r\n.\r\nQUIT\r\n',
  '\n.\n',
  '\r.\r',
  'bare\rcarriage\rreturns\r',
  'bare\nline\nfeeds\n',
  '\r\r\n\n\r',
  'From here on\nFrom there',
  ' trailing spaces   \n\ttabs\t\n',
  '--=_boundary--',
  `${'word '.repeat(400)}`,
  'x'.repeat(3000),
  '長'.repeat(1000),
  '😀'.repeat(300),
  'nul \u0000 and bell \u0007',
  '<b>&amp;"\'',
  'مرحبا بالعالم، هذا نص طويل من اليمين إلى اليسار',
];
const PARAGRAPH =
  'Grüße aus Köln – цены указаны – 价格如下 – الأسعار أدناه – המחירים להלן – τιμές – 料金はこちら – ราคา 🎉 {{ note }}';

const LOGO: Attachment = {
  filename: 'logo.png',
  contentType: 'image/png',
  content: random.bytes(700),
  cid: 'logo@acme.test',
};
const PHOTO: Attachment = {
  filename: 'Foto ünïcode 写真.jpg',
  contentType: 'image/jpeg',
  content: random.bytes(3_000),
  cid: 'photo.1@acme.test',
};
const REPORT: Attachment = {
  filename: 'Bericht für \'März\' (日本語) 100% "neu"; sehr langer Name, der umbrochen werden muss.pdf',
  contentType: 'application/pdf',
  content: random.bytes(10_000),
};
const PLAIN: Attachment = {
  filename: 'lines.txt',
  contentType: 'text/plain; charset=utf-8',
  content: Buffer.from('.\r\n..\r\n\n.\nFrom me\r\n\r\n.\r\nQUIT\r\n'),
};
const EMPTY: Attachment = { filename: 'empty.bin', contentType: 'application/octet-stream', content: Buffer.alloc(0) };

const FROM = { name: 'Acme News', address: 'news@acme.test' };
const CAMPAIGNS: readonly MessageSource[] = [
  { from: FROM, subject: 'Hello {{ name }}', html: `<p>${PARAGRAPH}</p>`, text: PARAGRAPH },
  { from: FROM, subject: 'Text alone for {{ name }}', text: `Hi {{ name }},\n{{ note }}\n-- \n.\n` },
  { from: FROM, subject: '', text: '' },
  {
    from: FROM,
    subject: 'Text out of HTML',
    html: `<h1>{{ name }}</h1><p>{{ note }}</p><a href="{{ unsubscribeUrl }}">x</a>`,
  },
  {
    from: FROM,
    subject: 'One line',
    html: `<p>${'very long '.repeat(1_000)}{{ note }}${'ohne Ende'.repeat(500)}</p>`,
    text: 'x{{ note }}',
  },
  {
    from: { name: 'Ζωή & Co. "Νέα"', address: 'νέα@παράδειγμα.ελ'.replace('νέα', 'nea') },
    replyTo: { name: 'Antwort, bitte', address: 'antwort@bücher.example' },
    subject: `{{ name }} – ${'ein Betreff, der über viele Zeilen geht – δοκιμή – проверка – 测试 '.repeat(6)}`,
    text: '.\n..\n.{{ note }}\n.\r\n.\r.',
    html: '\r\n.\r\n<p>.{{ note | raw }}\n.\n</p>',
  },
  {
    from: FROM,
    subject: `ASCII ${'that folds at spaces '.repeat(20)}`,
    text: PARAGRAPH,
    headers: { 'X-Extra': 'one {{ name }} two', 'X-SMTPAPI': `{"k":"${'v'.repeat(600)}"}` },
  },
  { from: FROM, subject: 'Files', html: `<p>${PARAGRAPH}</p>`, text: PARAGRAPH, attachments: [REPORT, PLAIN, EMPTY] },
  {
    from: FROM,
    subject: 'Images',
    html: '<img src="cid:logo@acme.test"><img src="cid:photo.1@acme.test">{{ note }}',
    attachments: [LOGO, PHOTO],
  },
  {
    from: FROM,
    subject: 'Images and files 📎',
    html: '<img src="cid:logo@acme.test">{{ note }}',
    text: '{{ note }}',
    attachments: [LOGO, REPORT, PLAIN],
  },
  { from: FROM, subject: 'Files with text alone', text: '{{ note }}', attachments: [PLAIN] },
  {
    from: FROM,
    subject: '{% for n in notes %}{{ n }} {% endfor %}',
    html: '<ul>{% for n in notes %}<li>{{ n }}</li>{% endfor %}</ul><div dir="rtl">שלום {{ name }} مرحبا</div>',
  },
];

/** Every n-th address has a local part beyond ASCII: only servers with SMTPUTF8 (RFC 6531) may take those. */
const UTF8_EVERY = 40;
const UTF8_LOCAL_PARTS = ['josé', '用户', 'δοκιμή', 'мария'];

/**
 * As many messages as are wanted, the same in every run, made by our compiler: each from another recipient's data, with
 * the number that it has in its ids.
 */
export function variedMessages(count: number, first = 0): IdentifiedMessage[] {
  const campaigns = CAMPAIGNS.map((source) => compileMessage(source));
  const people = new Random(SEED);
  return Array.from({ length: count }, (_, i) => variedMessage(first + i, campaigns, people));
}

function variedMessage(i: number, campaigns: readonly CompiledMessage[], people: Random): IdentifiedMessage {
  const compiled = campaigns[i % campaigns.length] as CompiledMessage;
  const local = i % UTF8_EVERY === UTF8_EVERY - 1 ? people.pick(UTF8_LOCAL_PARTS) : 'u';
  const parsed = parseEmailAddress(`${local}${i}@${people.pick(DOMAINS)}`);
  if (!parsed.ok) throw new Error(parsed.reason);
  const name = people.pick(NAMES);
  const vars: MessageVariables = {
    to: { name, address: parsed.address },
    data: { name, note: people.pick(NOTES), notes: [people.pick(NOTES), people.pick(NAMES), i] },
    messageId: `varied.${i}@acme.test`,
    date: new Date(Date.UTC(2026, 10, 22, 14, 5, i)),
    unsubscribeUrl: `https://acme.test/u/${i}`,
    feedbackId: 'c1:w1:campaign:acme',
  };
  return {
    messageId: `<${vars.messageId}>`,
    envelopeFrom: 'bounces@acme.test',
    envelopeTo: parsed.address,
    content: Buffer.from(compiled.render(vars)),
    needsSmtpUtf8: compiled.needsSmtpUtf8(vars),
  };
}
