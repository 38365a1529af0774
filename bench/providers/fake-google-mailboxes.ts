import { randomBytes } from 'node:crypto';
import { steadyMs } from '../chaos/steady-clock.ts';
import { addressOf, type FakeMail, readRawMail } from './fake-mail.ts';
import type { FakeAnswer, FakeState } from './fake-provider.ts';

interface Mailbox {
  /** When each message was taken, by steady-clock.ts. */
  readonly taken: number[];
  readonly ids: Map<string, string>;
}

const DAY_MS = 86_400_000;
const SEND_UNITS = 100;

/**
 * What each user has sent, and what Gmail lets a user send (developers.google.com/gmail/api/reference/quota and
 * support.google.com/a/answer/166852): limits are counted by the fake's own clock.
 */
export class FakeGoogleMailboxes {
  perDay = 2000;
  /** 250 units a second: two messages. */
  unitsPerSecond = 250;
  /** Requests that were refused because a user was at a limit. */
  overLimit = 0;
  /** A search does not find what came this lately. */
  indexLagMs = 0;
  readonly #boxes = new Map<string, Mailbox>();

  /** How many messages each user has sent. */
  counts(): Map<string, number> {
    return new Map([...this.#boxes].map(([user, { taken }]) => [user, taken.length]));
  }

  async send(user: string, raw: Buffer, state: Pick<FakeState, 'invalid' | 'isQuotaUsedUp'>): Promise<FakeAnswer> {
    const box = this.#boxOf(user);
    if (state.isQuotaUsedUp) return googleError(429, 'userRateLimitExceeded', sendingLimit());
    const now = steadyMs();
    const within = (ms: number) => box.taken.filter((at) => at > now - ms).length;
    if (within(DAY_MS) >= this.perDay || (within(1000) + 1) * SEND_UNITS > this.unitsPerSecond) {
      this.overLimit++;
      return googleError(429, 'userRateLimitExceeded', sendingLimit());
    }
    box.taken.push(now);
    const id = randomBytes(8).toString('hex');
    const mail = await readRawMail(raw, { recipient: '', id, reference: null });
    const recipient = addressOf(mail.headers.get('to') ?? '');
    const messageId = (mail.headers.get('message-id') ?? '').replace(/^<|>$/g, '');
    if (recipient === '' || state.invalid.has(recipient)) {
      box.taken.pop();
      return googleError(400, 'invalidArgument', 'Invalid To header');
    }
    box.ids.set(messageId, id);
    const taken: FakeMail = { ...mail, recipient, reference: messageId.replace(/@[^@]*$/, '') };
    return { status: 200, body: { id, threadId: id, labelIds: ['SENT'] }, mails: [taken] };
  }

  search(user: string, query: string): FakeAnswer {
    const { ids, taken } = this.#boxOf(user);
    const id = ids.get(/^rfc822msgid:(\S+)$/.exec(query)?.[1] ?? '');
    const isIndexed = steadyMs() - (taken.at(-1) ?? 0) >= this.indexLagMs;
    if (id === undefined || !isIndexed) return { status: 200, body: { resultSizeEstimate: 0 } };
    return { status: 200, body: { messages: [{ id, threadId: id }], resultSizeEstimate: 1 } };
  }

  #boxOf(user: string): Mailbox {
    const known = this.#boxes.get(user);
    if (known) return known;
    const box = { taken: [], ids: new Map<string, string>() };
    this.#boxes.set(user, box);
    return box;
  }
}

/** Google puts the time into the words, and sends no header. */
export function retryWords(seconds: number): string {
  return `User-rate limit exceeded.  Retry after ${new Date(Date.now() + seconds * 1000).toISOString()}`;
}

function sendingLimit(): string {
  return `${retryWords(3600)} (Mail sending)`;
}

/** The errors of Google's APIs (developers.google.com/gmail/api/guides/handle-errors). */
export function googleError(code: number, reason: string, message: string): FakeAnswer {
  return { status: code, body: { error: { code, message, errors: [{ message, domain: 'usageLimits', reason }] } } };
}
