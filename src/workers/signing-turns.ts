import { Semaphore } from '../lib/semaphore.ts';
import type { MessageSigner } from '../mail/dkim/signer.ts';

/**
 * Signatures under way at the same time, of which libuv's four threads make four; the rest are queued with it, so that the
 * threads have work while the loop is at a gate or a record. How many rows wait for them: engine/in-flight-window.ts. Of
 * openssl's rate on one core a process signs 1.02 times as many (2 cores, everything on one machine; `bench --dkim`).
 */
const AT_ONCE = 64;

/** The signatures of a process. Messages are made as their turn comes: all of a window at once would hold the loop up. */
export class SigningTurns {
  readonly #turns = new Semaphore(AT_ONCE);

  /** Rejects when the message cannot be made, or not be signed. */
  sign(signer: MessageSigner, make: () => Buffer): Promise<Buffer> {
    return this.#turns.run(() => signer.sign(make()));
  }
}
