import { sleep } from '../lib/sleep.ts';
import type { OutgoingMessage, Recall, SendOutcome, Transport } from '../mail/transport.ts';
import type { PermitBook, PermitUse } from './permit-book.ts';

/**
 * A permit that is not used for this long after its moment is void: nothing of its message leaves any more. A process
 * that is stopped and goes on later must not send on permits that were counted as used meanwhile (db/permits.ts).
 */
const PERMIT_LIFE_MS = 60_000;

/** Permits of one grant, one for each message: from every limit that applies to it. */
export class GrantedPermits implements Pick<Transport, 'send'> {
  readonly #books: readonly PermitBook[];
  readonly #transport: Pick<Transport, 'send'>;
  /** When each may be used, ascending. */
  readonly #starts: number[];

  constructor(books: readonly PermitBook[], starts: number[], transport: Pick<Transport, 'send'>) {
    this.#books = books;
    this.#starts = starts;
    this.#transport = transport;
  }

  /** Sends a message when its permit's moment has come, and gives the permit its end with the reply. */
  async send(message: OutgoingMessage): Promise<SendOutcome> {
    const start = this.#starts.shift();
    if (start === undefined) throw new Error('A message was to be sent without a permit');
    // A timer may fire a millisecond early.
    for (let ms = start - performance.now(); ms > 0; ms = start - performance.now()) await sleep(Math.ceil(ms));
    const recall = new PermitRecall(start + PERMIT_LIFE_MS, message.recall ?? null);
    const outcome = await this.#transport.send({ ...message, recall });
    this.#settle(1, endOf(outcome));
    return outcome;
  }

  /** Permits whose messages are not sent after all: the latest go first. */
  giveBack(count: number): void {
    this.#starts.splice(this.#starts.length - count, count);
    this.#settle(count, 'unused');
  }

  #settle(count: number, use: PermitUse): void {
    for (const book of this.#books) book.settle(count, use);
  }
}

function endOf(outcome: SendOutcome): PermitUse {
  if (outcome.kind === 'not-handed-over' || outcome.kind === 'recalled') return 'unused';
  return outcome.kind === 'unknown' ? 'lost' : 'used';
}

/** Takes a message back when its permit is void, or when its campaign is. */
class PermitRecall implements Recall {
  readonly #voidAt: number;
  readonly #campaign: Recall | null;

  constructor(voidAt: number, campaign: Recall | null) {
    this.#voidAt = voidAt;
    this.#campaign = campaign;
  }

  get recalled(): boolean {
    return this.#campaign?.recalled === true || performance.now() > this.#voidAt;
  }
}
