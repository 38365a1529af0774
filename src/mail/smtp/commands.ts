import { isAscii } from 'node:buffer';
import type { OutgoingMessage } from '../transport.ts';
import type { Extensions } from './extensions.ts';
import { SmtpFailure } from './failure.ts';
import type { Submission } from './submission.ts';

/** Why this server cannot take the message, before it is offered (RFC 1870, RFC 6531); null when it can. */
export function inadmissible(submission: Submission, extensions: Extensions): SmtpFailure | null {
  const { content } = submission;
  if (extensions.sizeLimit !== null && extensions.sizeLimit > 0 && content.length > extensions.sizeLimit) {
    const sizes = `${content.length} bytes, the server takes ${extensions.sizeLimit}`;
    return SmtpFailure.named('mail-from', 'message-too-large', `the message is too large: ${sizes}`);
  }
  if (submission.needsSmtpUtf8 && !extensions.smtpUtf8) {
    return SmtpFailure.named(
      'mail-from',
      'smtputf8-not-offered',
      'the message needs SMTPUTF8 and the server does not offer it',
    );
  }
  return null;
}

/** The addresses were checked when the message entered the pool (`checkEnvelope`). */
export function mailCommand(submission: Submission, extensions: Extensions): string {
  const { content } = submission;
  let command = `MAIL FROM:<${submission.message.envelopeFrom}>`;
  if (extensions.sizeLimit !== null) command += ` SIZE=${content.length}`;
  if (extensions.eightBitMime && !isAscii(content)) command += ' BODY=8BITMIME'; // RFC 6152
  if (submission.needsSmtpUtf8) command += ' SMTPUTF8';
  return `${command}\r\n`;
}

export function rcptCommand({ envelopeTo }: OutgoingMessage): string {
  return `RCPT TO:<${envelopeTo}>\r\n`;
}

/** RFC 3030 section 2: the whole message as one chunk. */
export function bdatCommand(bytes: number): string {
  return `BDAT ${bytes} LAST\r\n`;
}

export const DATA = 'DATA\r\n';
export const RSET = 'RSET\r\n';
export const QUIT = 'QUIT\r\n';
export const DOT = '.\r\n';

const QUEUE_ID = [
  /\bqueued as ([A-Za-z0-9._@-]{4,120})/i, // Postfix, SES behind Postfix, smtp-server
  /\bqueued \(([A-Za-z0-9._-]{4,120})\)/i, // Haraka
  /^([A-Za-z0-9]{8,40}) Message accepted for delivery/, // OpenSMTPD, Sendmail
  /\bid=([A-Za-z0-9._@-]{4,120})/i, // Exim
  /^ok:? (?:id )?([0-9A-Za-z][0-9A-Za-z._-]{15,120})$/i, // SES: "Ok 0102018f..."
  /^OK {1,2}(\d{6,} [A-Za-z0-9._-]{6,120}) - gsmtp$/, // Gmail
  /<([^<>\s]{4,250}@[^<>\s]{1,250})>.{0,200}\bqueued/i, // Exchange: <id@host> [InternalId=..] Queued mail for delivery
] as const;

/** The receiver's own name for an accepted message, when its reply tells one: what its postmaster will ask for. */
export function remoteIdOf(text: string): string | undefined {
  for (const pattern of QUEUE_ID) {
    const id = pattern.exec(text)?.[1];
    if (id !== undefined) return id;
  }
  return undefined;
}
