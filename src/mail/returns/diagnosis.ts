import { classifyReply } from '../classify/classify-reply.ts';
import type { ReplyClassName } from '../classify/reply-classes.ts';
import { classOfWords } from './bounce-words.ts';
import { derivedStatus } from './derived-status.ts';
import { classOfStatus, codesIn, isSpecific } from './status-codes.ts';

/** What one report says of one recipient, before it is understood. */
export interface Complaint {
  /** `Status` of a delivery report, when there is one. */
  readonly status: string | null;
  /** The server's words or the mail system's. */
  readonly words: string;
  /** All else the notice says that may hold a reason. */
  readonly more: string;
  /** The server took the recipient and refused after the message: it may have looked at the content. */
  readonly afterData: boolean;
  readonly delayed: boolean;
}

export interface Diagnosis {
  /** RFC 3463, or made from the class where nobody named one (`statusDerived`). */
  readonly status: string;
  readonly statusDerived: boolean;
  readonly reply: number | null;
  readonly class: ReplyClassName;
  /** Permanent for the recipient: no later message will reach this address either. */
  readonly hard: boolean;
}

/**
 * The classes that end an address for good. A disabled or full mailbox may come back, and everything about us, the
 * message or the link says nothing of the address.
 */
const HARD: ReadonlySet<ReplyClassName> = new Set([
  'mailbox-unknown',
  'domain-unknown',
  'null-mx',
  'address-invalid',
  'mailbox-moved',
]);

const MAX_WORDS = 4000;
const ADDRESS = /[^\s<>()[\]]{1,320}@[^\s<>()[\]]{1,255}/g;
/** Of a link only the host is kept: it may be the blocklist's. */
const LINK = /https?:\/\/([^\s<>/?#]{1,255})[^\s<>]{0,500}/g;
const AFTER_MAIL_FROM = /(?:after|in reply to) MAIL FROM|>>> MAIL FROM/i;
const AFTER_RCPT_TO =
  /(?:after|in reply to|reply to|our|for) \[?RCPT|RCPT TO (?:response|failed|validation)|\[RCPT_TO\]|RCPT command|>>> RCPT|does not like recipient|\(state 1[34]\)|RCPT TO:?\s?</i;
/** Who answers RCPT TO names the address in front: `550 <a@b>: User unknown` (Postfix), `553 5.3.0 a@b... Addressee unknown` (sendmail). */
const ADDRESS_UNKNOWN =
  /55[0-3]:?[ -](?:5\.\d\.\d{1,3} )?(?:<[^<>\s]{3,320}>|[^<>\s]{1,64}@[^<>\s]{1,255}?)(?:: User|\.\.\. (?:User|Addressee)) unknown/i;
/** Sentences of systems that looked the address up themselves. */
const LOOKED_UP =
  /n.t have an? \S+ account|recipient name is not recogni[sz]ed|address couldn.t be found|RESOLVER\.ADR|NoSuchUser|bad-mailbox|mailbox here by that name|not listed in (?:public|domino|the)|000C05A6|unknown user: "|^\s*unknown user: \S+@|invalid mailbox\. local mailbox|cannot route mail to user|several matches found/im;

/** Addresses and links echo words that say nothing: `<spam@example.com>: user unknown` is not about spam. */
function plain(text: string): string {
  return text.slice(0, MAX_WORDS).replace(LINK, '$1').replace(ADDRESS, '*').replace(/\s+/g, ' ');
}

export function diagnose(complaint: Complaint): Diagnosis {
  const { status: reported, words, more, delayed } = complaint;
  const said = codesIn(words.slice(0, MAX_WORDS).replace(LINK, '*'));
  const told =
    said.reply === null && said.status === null ? codesIn(more.slice(0, MAX_WORDS).replace(LINK, '*')) : said;
  const status = bestStatus([said.status, reported, codesIn(ownWords(more)).status], told.status);
  const reply = told.reply !== null && told.reply >= 400 ? told.reply : null;
  const severity = delayed ? 4 : severityOf(status, reply, `${words} ${more}`);
  const found = classOf(plain(words), plain(more), status, reply, severity);
  const name = inContext(found, { ...complaint, status });
  const isCertain = name !== 'mailbox-unknown' || isProven(complaint, status);
  return {
    status: status ?? derivedStatus(name, severity, isCertain),
    statusDerived: status === null,
    reply,
    class: name,
    hard: isHard(name, severity) && !delayed && isCertain,
  };
}

/** `no such domain` after MAIL FROM is about the sender, not about the recipient. */
function inContext(found: ReplyClassName, { words, more, status }: Complaint): ReplyClassName {
  if (!HARD.has(found)) return found;
  if (/^[45]\.1\.[78]$/.test(status ?? '')) return 'sender-domain-invalid';
  const said = AFTER_MAIL_FROM.test(words) || (AFTER_MAIL_FROM.test(more) && !AFTER_RCPT_TO.test(more));
  return said ? 'sender-domain-invalid' : found;
}

/**
 * Whether `unknown user` may be believed. Filters (docomo, au, many gateways) say the same words after the whole message, or
 * with nothing to tell when: that is no proof that the mailbox is gone. A status about the address is, and so is a refusal
 * of RCPT TO.
 */
function isProven({ words, more, afterData }: Complaint, status: string | null): boolean {
  if (status !== null && /^[45]\.(?:1\.(?:[0-46]|10|351)|5\.0|4\.1)$/.test(status)) return true;
  const about = `${words}\n${more}`;
  // A status about the mailbox says that there is one.
  const isNamed = ADDRESS_UNKNOWN.test(words) && !/^[45]\.2\./.test(status ?? '');
  return LOOKED_UP.test(about) || (!afterData && (AFTER_RCPT_TO.test(about) || isNamed));
}

/** A domain that did not answer today may tomorrow, when the report itself calls it passing. */
function isHard(name: ReplyClassName, severity: 4 | 5): boolean {
  if (severity === 4 && (name === 'domain-unknown' || name === 'null-mx')) return false;
  return HARD.has(name);
}

function classOf(
  words: string,
  more: string,
  status: string | null,
  reply: number | null,
  severity: 4 | 5,
): ReplyClassName {
  const known = classOfWords(words);
  if (known !== null) return known;
  if (status !== null && isSpecific(status)) {
    const meant = classOfStatus(status);
    if (meant !== null) return meant;
  }
  const other = classOfWords(more);
  if (other !== null) return other;
  const code = reply ?? (severity === 5 ? 550 : 450);
  const enhanced = status === null ? {} : { enhanced: status };
  return classifyReply({ code, text: words, ...enhanced }, 'rcpt-to').name as ReplyClassName;
}

/** The first that says more than the reply code does, else whatever there is. */
function bestStatus(wanted: readonly (string | null)[], last: string | null): string | null {
  const known = wanted.filter((status) => status !== null);
  return known.find(isSpecific) ?? known[0] ?? last;
}

/** The line of a notice that is about the recipient; further lines may quote the whole dialogue. */
function ownWords(more: string): string {
  const [first = ''] = more.trimStart().split('\n', 1);
  return first.includes('@') ? first.slice(0, 1000).replace(LINK, '*') : '';
}

function severityOf(status: string | null, reply: number | null, text: string): 4 | 5 {
  if (status !== null) return status.startsWith('4') ? 4 : 5;
  if (reply !== null) return reply < 500 ? 4 : 5;
  return /failing for a long time|temporary error|will be retried|not found, try again|retry timeout exceeded/i.test(
    text,
  )
    ? 4
    : 5;
}
