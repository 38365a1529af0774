import type { ReplyClass } from '../../domain/reply-class.ts';
import { messageOf } from '../../errors.ts';
import { replyClass } from '../classify/reply-classes.ts';
import { AccessError } from '../oauth/access-error.ts';
import type { OutgoingMessage, SendOutcome } from '../transport.ts';
import { EncodeTrouble, type Entry, type EntryResult, type HttpProvider } from './provider.ts';

/** One message on its way to a provider, and the one outcome it gets: the first counts. */
export class HttpSubmission {
  readonly message: OutgoingMessage;
  /** Its request was refused as a whole: it goes on without company. */
  isSplit = false;
  /** Why it could not even be made: no access to its provider. It has no outcome yet then. */
  noAccess: AccessError | null = null;
  #entry: Entry | null = null;
  #resolve: ((outcome: SendOutcome) => void) | null;

  constructor(message: OutgoingMessage, resolve: (outcome: SendOutcome) => void) {
    this.message = message;
    this.#resolve = resolve;
  }

  get isSettled(): boolean {
    return this.#resolve === null;
  }

  /** `make` has succeeded. */
  get entry(): Entry {
    if (this.#entry === null) throw new Error('the message was not made');
    return this.#entry;
  }

  /** Makes what the request carries, once; false when that failed: then the message has its outcome, or `noAccess`. */
  async make(provider: HttpProvider): Promise<boolean> {
    if (this.#entry !== null) return true;
    try {
      this.#entry = await provider.encode(this.message);
      return true;
    } catch (error) {
      if (error instanceof AccessError) {
        this.noAccess = error;
        return false;
      }
      const name = error instanceof EncodeTrouble ? 'hand-over-stopped' : 'message-malformed';
      this.notHandedOver(replyClass(name), `the message could not be made: ${messageOf(error)}`);
      return false;
    }
  }

  /** Right before the write: false when it must not leave, and the message has its outcome. */
  handOver(): boolean {
    if (this.message.recall?.recalled === true) {
      this.recalled();
      return false;
    }
    try {
      this.message.onHandOver?.();
      return true;
    } catch (error) {
      this.notHandedOver(replyClass('hand-over-stopped'), `not handed over: ${messageOf(error)}`);
      return false;
    }
  }

  recalled(): void {
    this.#settle({ kind: 'recalled', stage: 'data', message: 'it was taken back before it was handed over' });
  }

  answered(result: EntryResult, status: number, retryAfterMs: number | null): void {
    if (result.kind === 'accepted') {
      this.#settle({ kind: 'accepted', reply: { code: status, text: `taken as ${result.id}` }, remoteId: result.id });
      return;
    }
    const { code, text, class: cls } = result;
    const stage = cls.action === 'disable-account' ? 'auth' : 'data';
    const refused = { kind: 'refused', reply: { code, text }, stage, class: cls } as const;
    this.#settle(retryAfterMs === null ? refused : { ...refused, retryAfterMs });
  }

  /** No token for it: refused by who gives tokens, or nobody was reached. */
  withoutAccess(error: AccessError): void {
    const { replyClass: cls, message, status } = error;
    if (status === null || cls.action === 'retry') this.notHandedOver(cls, message);
    else this.#settle({ kind: 'refused', reply: { code: status, text: message }, stage: 'auth', class: cls });
  }

  notHandedOver(cls: ReplyClass, message: string): void {
    const stage = cls.name === 'tls-failed' || cls.name === 'certificate-rejected' ? 'tls' : 'connect';
    this.#settle({ kind: 'not-handed-over', stage, message, class: cls });
  }

  unknown(message: string): void {
    this.#settle({ kind: 'unknown', stage: 'final-dot', message });
  }

  #settle(outcome: SendOutcome): void {
    const resolve = this.#resolve;
    this.#resolve = null;
    resolve?.(outcome);
  }
}
