import { compileMessage } from '../src/mail/compile.ts';

const PARAGRAPH =
  '<p style="margin:0 0 16px">Hello world, this is a line of a campaign body that goes to everybody.</p>\n';

/**
 * About 10 KB of HTML and text with five merge fields and three links that are different in every copy, as tracked ones
 * are: what a newsletter looks like.
 */
export const LETTER_HTML = `<!doctype html><html><body><h1>Hi {{firstName}},</h1>
<p>your plan is {{plan}}, you live in {{city}}, and you have ordered {{orders}} times as {{email}}.</p>
${PARAGRAPH.repeat(48)}
<p><a href="https://links.test/1?to={{email}}">One</a> <a href="https://links.test/2?to={{email}}">Two</a> <a href="https://links.test/3?to={{email}}">Three</a> <a href="{{unsubscribeUrl}}">Unsubscribe</a></p>
</body></html>`;

export const LETTER_SUBJECT = 'News for {{firstName}}';

export interface BenchRecipient {
  readonly [field: string]: unknown;
  readonly email: string;
  readonly firstName: string;
}

export function benchRecipients(count: number): BenchRecipient[] {
  return Array.from({ length: count }, (_, i) => ({
    email: `person${i}@example.test`,
    firstName: `Person ${i}`,
    plan: 'team',
    city: 'Lisbon',
    orders: i % 24,
  }));
}

/** Octets of one copy as it goes over the wire: what a contender with a message of its own is to send. */
export function letterBytes(): number {
  const [recipient] = benchRecipients(1);
  const letter = compileMessage({ from: { address: 'news@sender.test' }, subject: LETTER_SUBJECT, html: LETTER_HTML });
  return letter.render({
    to: { address: recipient?.email ?? '' },
    data: { ...recipient },
    messageId: `${'0'.repeat(57)}@sender.test`,
    date: new Date(),
    unsubscribeUrl: `http://localhost:3000/u/${'0'.repeat(48)}`,
    feedbackId: `${'0'.repeat(73)}:campaign:postrider`,
  }).length;
}
