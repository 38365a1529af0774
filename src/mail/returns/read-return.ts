import type { ReplyClassName } from '../classify/reply-classes.ts';
import { addressesIn, firstAddress, sameAddress } from './address.ts';
import { isAutoReply } from './auto-reply.ts';
import { looksDelayed, looksLikeBounce } from './bounce-signs.ts';
import { type Complaint, diagnose } from './diagnosis.ts';
import { readFeedback } from './feedback-report.ts';
import { leavesOf, type MimePart, parseMessage, textOf } from './mime-part.ts';
import { textOfHtml } from './mime-text.ts';
import { readNotice, splitNotice } from './notice.ts';
import { isOriginal, type OriginalMessage, readOriginal } from './original-message.ts';
import { type RecipientFields, readRecipientGroups } from './report-fields.ts';
import { readSesNotification, type SesNotification } from './ses-notification.ts';

export type ReturnKind = 'bounce' | 'delayed' | 'delivered' | 'complaint' | 'auto-reply' | 'other';

/** What a returned message says of one recipient. */
export interface ReturnedRecipient {
  readonly kind: ReturnKind;
  /** Who it was sent to, or who answers; null when the report does not say. */
  readonly recipient: string | null;
  /** The address as the sender wrote it, where the report knows both (RFC 3464 section 2.3.1). */
  readonly originalRecipient: string | null;
  /** RFC 3463: from the report, else from its words, else made from the class (derived-status.ts). */
  readonly status: string | null;
  /** Nobody named the status: it is `x.0.9yy`. */
  readonly statusDerived: boolean;
  /** SMTP reply code. */
  readonly reply: number | null;
  readonly class: ReplyClassName | null;
  /** No later message will reach this address either. */
  readonly hard: boolean;
  /** The words of the server or of the mail system, at most 1,000 characters. */
  readonly response: string | null;
  /** Of a complaint: `abuse`, `auth-failure`, … */
  readonly feedback: string | null;
}

export interface ReturnReport {
  /** Never empty: a message that is nothing of ours is one `other`. */
  readonly recipients: readonly ReturnedRecipient[];
  /** The message that came back, as far as it was returned. */
  readonly original: OriginalMessage;
  /** Where the report itself was sent, as its headers tell, and the return path of what came back: a token may be there. */
  readonly deliveredTo: readonly string[];
}

const MAX_RESPONSE = 1000;
const NOTHING = {
  originalRecipient: null,
  status: null,
  statusDerived: false,
  reply: null,
  class: null,
  hard: false,
  response: null,
  feedback: null,
} as const;

/** Reads a returned mail: bounce, delay, receipt, complaint, auto-reply or none of these. Pure, bounded, never throws on content. */
export function readReturn(raw: Buffer): ReturnReport {
  const message = parseMessage(raw);
  const text = noticeText(message);
  const { notice, returned } = splitNotice(text);
  const original = readOriginal(message, returned);
  const recipients = readRecipients(message, notice, text, original);
  const deliveredTo = [...addressedTo(message), ...(original.returnPath === null ? [] : [original.returnPath])];
  return { recipients: recipients.length > 0 ? recipients : [other(message)], original, deliveredTo };
}

function readRecipients(
  message: MimePart,
  notice: string,
  text: string,
  original: OriginalMessage,
): ReturnedRecipient[] {
  const feedback = readFeedback(message);
  if (feedback !== null) {
    const named = feedback.recipients.length > 0 ? feedback.recipients : [original.recipient];
    return named.map((recipient) => ({ ...NOTHING, kind: 'complaint', recipient, feedback: feedback.type }));
  }
  const notification = readSesNotification(text);
  if (notification !== null) return fromNotification(notification);
  const groups = leavesOf(message)
    .filter(isDeliveryStatus)
    .flatMap((part) => readRecipientGroups(textOf(part)));
  const written = groups.length > 0 ? groups : readRecipientGroups(text);
  const reported = groups.length > 0 || (written.length > 0 && looksLikeBounce(message.headers, notice));
  if (reported) return fromGroups(written, message, notice, original);
  if (looksLikeBounce(message.headers, notice)) return fromNotice(message, notice, original);
  return isAutoReply(message.headers) ? [autoReply(message)] : [];
}

/** The words written for people: plain text before the returned message, else what the HTML says. */
function noticeText(message: MimePart): string {
  const leaves = leavesOf(message);
  const cut = leaves.findIndex(isOriginal);
  const own = cut < 0 ? leaves : leaves.slice(0, Math.max(cut, 1));
  const plain = own.filter(({ type }) => type === 'text/plain').map(textOf);
  if (plain.some((part) => part.trim() !== '')) return plain.join('\n\n');
  return own
    .filter(({ type }) => type === 'text/html')
    .map((part) => textOfHtml(textOf(part)))
    .join('\n\n');
}

function isDeliveryStatus(part: MimePart): boolean {
  return part.type === 'message/delivery-status' || part.type === 'message/global-delivery-status';
}

function fromGroups(
  groups: readonly RecipientFields[],
  message: MimePart,
  notice: string,
  original: OriginalMessage,
): ReturnedRecipient[] {
  const noticed = readNotice(notice, ownAddresses(message, original));
  const failed = groups.filter(({ action }) => action === '' || action === 'failed' || action === 'delayed');
  return (failed.length > 0 ? failed : groups).map((group) => {
    const recipient = group.finalRecipient ?? group.originalRecipient;
    const said =
      noticed.find((one) => recipient !== null && sameAddress(one.recipient, recipient))?.words ??
      (groups.length === 1 ? notice : '');
    const named = recipient ?? failedRecipients(message)[0] ?? noticed[0]?.recipient ?? original.recipient;
    const { originalRecipient } = group;
    if (/^(?:delivered|relayed|expanded)$/.test(group.action))
      return {
        ...NOTHING,
        kind: 'delivered',
        recipient: named,
        originalRecipient,
        ...delivered(group.status, group.diagnostic),
      };
    const delayed = group.action === 'delayed';
    const complaint = {
      status: group.status,
      words: group.diagnostic,
      more: said,
      afterData: isAfterData(`${group.diagnostic}\n${said}`),
      delayed,
    };
    return { ...bounce(complaint, named), originalRecipient };
  });
}

function delivered(status: string | null, words: string): Pick<ReturnedRecipient, 'status' | 'reply' | 'response'> {
  const reply = /(?<![\d.])2[0-5]\d(?![\d.])/.exec(words)?.[0];
  return {
    status: status ?? /(?<![\d.])2\.\d\.\d{1,3}(?![\d.])/.exec(words)?.[0] ?? null,
    reply: reply === undefined ? null : Number(reply),
    response: words.slice(0, MAX_RESPONSE) || null,
  };
}

function fromNotice(message: MimePart, notice: string, original: OriginalMessage): ReturnedRecipient[] {
  const delayed = looksDelayed(message.headers.get('subject'), notice);
  const noticed = readNotice(notice, ownAddresses(message, original));
  const failed = failedRecipients(message);
  const named = failed.length > 0 ? failed : noticed.map(({ recipient }) => recipient);
  const all = named.length > 0 ? named : original.recipient === null ? [null] : [original.recipient];
  return all.map((recipient) => {
    const own = noticed.find((one) => recipient !== null && sameAddress(one.recipient, recipient))?.words;
    const words = own ?? (all.length === 1 ? notice : '');
    const more = all.length === 1 ? notice : '';
    return bounce({ status: null, words, more, afterData: isAfterData(`${words}\n${more}`), delayed }, recipient);
  });
}

function bounce(complaint: Complaint, recipient: string | null): ReturnedRecipient {
  const { status, statusDerived, reply, class: name, hard } = diagnose(complaint);
  const response = (complaint.words.trim() || complaint.more.trim()).replace(/\s+/g, ' ').slice(0, MAX_RESPONSE);
  const kind = complaint.delayed ? 'delayed' : 'bounce';
  return { ...NOTHING, kind, recipient, status, statusDerived, reply, class: name, hard, response: response || null };
}

/** The refusal came after the message itself: Postfix says it, others show the dialogue. */
function isAfterData(text: string): boolean {
  return (
    /in reply to (?:end of )?DATA|after (?:end of )?(?:data|TEXT command)|did not like our final DATA/i.test(text) ||
    />>> DATA|SMTP command\s+DATA|\(state 1[78]\)/.test(text)
  );
}

/** Exim and Google name the recipients in a header. */
function failedRecipients(message: MimePart): string[] {
  return message.headers.all('x-failed-recipients').flatMap(addressesIn);
}

/** Who the message came from: the report is addressed to them, and its text names them too. */
function ownAddresses(message: MimePart, original: OriginalMessage): string[] {
  const from = firstAddress(message.headers.get('from'));
  const to = [...message.headers.all('to'), ...message.headers.all('delivered-to')].flatMap(addressesIn);
  return [...to, ...(from === null ? [] : [from]), ...(original.returnPath === null ? [] : [original.returnPath])];
}

const ADDRESSED = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'to'];
const MAX_ADDRESSED = 50;

function addressedTo(message: MimePart): string[] {
  return ADDRESSED.flatMap((name) => message.headers.all(name).flatMap(addressesIn)).slice(0, MAX_ADDRESSED);
}

function fromNotification({ kind, recipients }: SesNotification): ReturnedRecipient[] {
  return recipients.map(({ recipient, status, diagnostic, action }) => {
    if (kind === 'complaint') return { ...NOTHING, kind, recipient, feedback: 'abuse' };
    if (kind === 'delivered') return { ...NOTHING, kind, recipient, ...delivered(status, diagnostic) };
    const delayed = action === 'delayed';
    return bounce({ status, words: diagnostic, more: '', afterData: false, delayed }, recipient);
  });
}

function autoReply(message: MimePart): ReturnedRecipient {
  return { ...NOTHING, kind: 'auto-reply', recipient: firstAddress(message.headers.get('from')) };
}

function other(message: MimePart): ReturnedRecipient {
  return { ...NOTHING, kind: 'other', recipient: firstAddress(message.headers.get('from')) };
}
