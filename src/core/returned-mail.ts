import { createHash } from 'node:crypto';
import type { Tx } from '../db/database.ts';
import { isDatabaseAway } from '../db/database.ts';
import {
  insertReturnedMails,
  markRead,
  noteReadError,
  type ReadResult,
  takeUnread,
  type UnreadMail,
} from '../db/returned-mails.ts';
import type { RecipientRef, RecipientTokens } from '../domain/tokens.ts';
import { messageOf } from '../errors.ts';
import { type ReturnedRecipient, type ReturnKind, type ReturnReport, readReturn } from '../mail/returns/read-return.ts';
import type { Core } from './context.ts';
import { type FeedbackEvent, type FeedbackResult, type FeedbackType, takeFeedback } from './feedback.ts';

type ReturnCore = Pick<Core, 'db' | 'events' | 'tokens' | 'log'>;

/** Reports stand in front; whoever returns a whole message with attachments returns more than anybody reads. */
const KEPT_BYTES = 512 * 1024;
const AT_ONCE = 20;
const TRIES = 5;
/** A sweep has other things to do. */
const LOOK_MS = 1000;

/** The row a return path names; null for any other address. */
export function rowOfReturnPath(
  tokens: Pick<RecipientTokens, 'readReturnLocalPart'>,
  address: string,
): RecipientRef | null {
  return tokens.readReturnLocalPart(address.slice(0, Math.max(0, address.lastIndexOf('@'))));
}

/** Keeps a mail for each row it was addressed to. Once this has resolved, the sender may be told that it arrived. */
export async function keepReturnedMail(
  { db }: Pick<Core, 'db'>,
  to: ReadonlyArray<{ readonly address: string; readonly ref: RecipientRef }>,
  raw: Buffer,
): Promise<void> {
  const kept = raw.subarray(0, KEPT_BYTES);
  await insertReturnedMails(
    db.sql,
    to.map(({ address, ref }) => ({ workspaceId: null, envelopeTo: address, ...ref, raw: kept })),
  );
}

/**
 * Reads what was kept and takes it as feedback, marked as read in the same transaction: after a kill it is read again, and
 * what was recorded then is only found to be there. A mail that cannot be read five times over is left alone, with the
 * reason. Returns how many were looked at.
 */
export async function readReturnedMails(core: ReturnCore): Promise<number> {
  let looked = 0;
  for (const end = Date.now() + LOOK_MS; Date.now() < end; ) {
    const read = await readSome(core);
    looked += read;
    if (read < AT_ONCE) break;
  }
  return looked;
}

async function readSome(core: ReturnCore): Promise<number> {
  const mails = await takeUnread(core.db.sql, AT_ONCE);
  for (const mail of mails) {
    try {
      await readOne(core, mail);
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      core.log.warn({ err: error, returnedMailId: mail.id }, 'a returned mail could not be read');
      const words = messageOf(error).slice(0, 500);
      if (mail.attempts < TRIES) await noteReadError(core.db.sql, mail.id, words);
      else await markRead(core.db.sql, mail.id, { state: 'failed', recipients: [], error: words });
    }
  }
  return mails.length;
}

async function readOne(core: ReturnCore, mail: UnreadMail): Promise<void> {
  const report = readReturn(mail.raw);
  const events = eventsOf(core.tokens, mail, report);
  await takeFeedback(core, mail.workspaceId, events, (tx, results) => note(tx, mail, report, results));
}

function note(tx: Tx, mail: UnreadMail, report: ReturnReport, results: readonly FeedbackResult[]): Promise<void> {
  const recipients = report.recipients.flatMap(({ recipient, originalRecipient }) => [recipient, originalRecipient]);
  const named = [...new Set(recipients.flatMap((address) => address?.toLowerCase() ?? []))].slice(0, 100);
  const state: ReadResult['state'] =
    results.length === 0 ? 'ignored' : results.every((result) => result === 'unmatched') ? 'unmatched' : 'read';
  return markRead(tx, mail.id, { state, recipients: named });
}

const TYPES: Readonly<Record<ReturnKind, FeedbackType | null>> = {
  bounce: 'bounced',
  delayed: 'delayed',
  delivered: 'delivered',
  complaint: 'complained',
  'auto-reply': 'auto-reply',
  other: null,
};

function eventsOf(tokens: RecipientTokens, mail: UnreadMail, report: ReturnReport): FeedbackEvent[] {
  const ref = refOf(tokens, mail, report);
  const name = nameOf(mail.raw);
  return report.recipients.flatMap((one, at) => {
    const type = TYPES[one.kind];
    if (type === null) return [];
    return {
      type,
      source: mail.mailboxId === null ? 'listener' : 'mailbox',
      eventId: `${name} ${at} ${type}`,
      occurredAt: mail.receivedAt,
      ref,
      messageId: report.original.messageId,
      // An auto-reply comes from whoever answers, a forwarded one from elsewhere: the row is who was written to.
      recipient: type === 'auto-reply' ? null : addressOf(one),
      trusted: false,
      hard: one.hard,
      class: one.class,
      // One that was made here is not passed off as the server's.
      status: one.statusDerived ? null : one.status,
      reply: one.reply,
      response: one.response,
      ...(one.feedback === null ? {} : { data: { feedback: one.feedback } }),
    };
  });
}

function refOf(tokens: RecipientTokens, { sendId, seq }: UnreadMail, report: ReturnReport): RecipientRef | null {
  if (sendId !== null && seq !== null) return { sendId, seq };
  for (const address of report.deliveredTo) {
    const ref = rowOfReturnPath(tokens, address);
    if (ref !== null) return ref;
  }
  return null;
}

/** As the sender wrote it, where the report knows that: behind it the mail may have been forwarded. */
function addressOf({ originalRecipient, recipient }: ReturnedRecipient): string | null {
  return originalRecipient ?? recipient;
}

/** The same mail has the same name, whenever and however often it arrives: trace headers on top differ, the rest does not. */
function nameOf(raw: Buffer): string {
  const text = raw.toString('latin1');
  const id = /^message-id:[ \t]*(?:\r?\n[ \t]+)?(<[^>\r\n]{1,250}>)/im.exec(text)?.[1] ?? '';
  const body = text.slice(Math.max(0, text.search(/\r?\n\r?\n/)));
  return createHash('sha256').update(`${id}\n${body}`).digest('hex').slice(0, 40);
}
