import type { OutgoingMessage } from '../../src/mail/transport.ts';

export interface IdentifiedMessage extends OutgoingMessage {
  /** With angle brackets, as it stands in the message. */
  readonly messageId: string;
  readonly content: Buffer;
}

const BODIES = [
  '.\r\n..\r\n...\r\n.x\r\n',
  'before\r\n.\r\nMAIL FROM:<evil@x.test>\r\n.\r\nafter\r\n',
  'bare line feeds\n.\nMAIL FROM:<evil@x.test>\n.\n',
  'mixed\n.\r\nRCPT TO:<evil@x.test>\r\n.\n',
  'bare returns\r.\rDATA\r.\r',
  'eight bits: größer, 价格, 🎉\r\n',
  `long lines\r\n${'x'.repeat(900)}\r\n.${'y'.repeat(900)}\r\n`,
  'no line end at the end',
  '.',
  '',
];

/** Bodies that the compiler never writes and the client may yet be given: what it makes of them is `asSent`. */
export function handMadeMessages(): IdentifiedMessage[] {
  return BODIES.map((body, i) => {
    const messageId = `<handmade.${i}@acme.test>`;
    const headers = [
      'From: news@acme.test',
      `To: h${i}@example.test`,
      `Subject: Hand-made ${i}`,
      'Date: Sun, 22 Nov 2026 14:05:09 +0000',
      `Message-ID: ${messageId}`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: 8bit',
    ];
    return {
      messageId,
      envelopeFrom: 'bounces@acme.test',
      envelopeTo: `h${i}@example.test`,
      content: Buffer.from(`${headers.join('\r\n')}\r\n\r\n${body}`),
    };
  });
}

/** Every line break made CRLF, and one at the end. */
export function asSent(content: Buffer): Buffer {
  const text = content.toString('latin1').replace(/\r\n|\r|\n/g, '\r\n');
  return Buffer.from(text.endsWith('\r\n') ? text : `${text}\r\n`, 'latin1');
}
