import type { MessageSource, MessageVariables } from './message.ts';

/** For tests: a message and a recipient with all they need and nothing more. */
export const SOURCE: MessageSource = {
  from: { name: 'Acme News', address: 'news@acme.test' },
  subject: 'Hello {{ firstName }}',
  html: '<p>Hello {{ firstName | default: "there" }}</p>',
  text: 'Hello {{ firstName | default: "there" }}',
};

export const VARS: MessageVariables = {
  to: { name: 'Ada Lovelace', address: 'ada@example.com' },
  data: { firstName: 'Ada', email: 'ada@example.com' },
  messageId: 'c1.7.0a1b2c@acme.test',
  date: new Date('2026-11-22T14:05:09.250Z'),
  unsubscribeUrl: 'https://acme.test/u/t0k3n',
  feedbackId: 'c1:w1:campaign:acme',
};

/** What a reader makes of line breaks and of halves of characters. */
export function asRead(text: string): string {
  return text.replace(/\r\n|\r|\n/g, '\n').replace(/\p{Cs}/gu, '\ufffd');
}
