import { compileMessage } from '../../src/mail/compile.ts';
import type { MessageVariables } from '../../src/mail/message.ts';
import type { OutgoingMessage } from '../../src/mail/transport.ts';

export const LOGO = Buffer.from(Array.from({ length: 700 }, (_, i) => (i * 7) % 256));
export const TERMS = Buffer.from('Größe: §1\r\n.\r\nEnde', 'utf8');

const plain = compileMessage({
  from: { name: 'Acme, News', address: 'news@acme.test' },
  replyTo: { name: 'Zoë', address: 'reply@acme.test' },
  subject: 'Grüße an {{ firstName }} – 你好',
  html: '<p>Hello {{ firstName }}, <img src="cid:logo"></p>',
  text: 'Hello {{ firstName }}\n.\nBye',
  headers: { 'X-Campaign': 'c {{ firstName }}' },
});
const attached = compileMessage({
  from: { address: 'news@acme.test' },
  subject: 'With files',
  html: '<p>See <img src="cid:logo"></p>',
  attachments: [
    { filename: 'logo.png', contentType: 'image/png', content: LOGO, cid: 'logo' },
    { filename: 'Bedingungen für Zoë.txt', contentType: 'text/plain', content: TERMS },
  ],
});

export interface TestMessage extends OutgoingMessage {
  readonly variables: MessageVariables;
}

/** A message as the engine hands it over: in bytes and in pieces, both made when they are asked for. */
export function testMessage(to: string, kind: 'plain' | 'attached' = 'plain'): TestMessage {
  const message = kind === 'plain' ? plain : attached;
  const reference = `${Buffer.from(to).toString('hex')}.0123456789abcdef`;
  const variables: MessageVariables = {
    to: { name: 'Ada "Countess" Lovelace, née Byron', address: to },
    data: { firstName: 'Jürgen' },
    messageId: `${reference}@acme.test`,
    date: new Date('2026-11-22T14:05:09Z'),
    unsubscribeUrl: `https://acme.test/u/${Buffer.from(to).toString('hex')}`,
    feedbackId: 'c1:w1:campaign:acme',
  };
  return {
    variables,
    envelopeFrom: 'news@acme.test',
    envelopeTo: to,
    content: () => Buffer.from(message.render(variables)),
    isWireReady: true,
    parts: () => message.parts(variables),
    reference: () => reference,
    attempt: 1,
  };
}
