import { createHash } from 'node:crypto';
import type { SandboxBehaviour } from '../contract/sandbox.ts';
import type { SandboxControls } from '../core/sandbox.ts';

/** An SMTP reply that is not 250. */
export interface Refusal {
  readonly code: number;
  readonly text: string;
}

/** What becomes of a message after its final dot. */
export interface Reception {
  readonly delayMs: number;
  readonly drop: 'no' | 'before-keeping' | 'after-keeping';
}

const WELL_BEHAVED: SandboxBehaviour = { refuse: null, delayMs: 0, drop: null };

const SLOW_MS = 2000;
/** `bounce@`, `bounce+1@`, `bounce-7@`, `full2@`, but not `bouncer@` or `fuller@`: those are people. */
const MAGIC = /^(bounce|full|slow|drop)(?:[^a-z@][^@]*)?@/i;

/** Greylisting remembers this many recipients, then begins anew. */
const MAX_REMEMBERED = 200_000;

/** Decides how the mailbox answers: addresses that always misbehave, and what people switched on for everybody else. */
export class Behaviour implements SandboxControls {
  #current = WELL_BEHAVED;
  readonly #attempted = new Set<string>();

  get(): SandboxBehaviour {
    return this.#current;
  }

  set(behaviour: SandboxBehaviour): void {
    this.#current = structuredClone(behaviour);
    this.#attempted.clear();
  }

  /** The answer to RCPT TO; null accepts the recipient. */
  refusalOf(recipient: string): Refusal | null {
    const magic = magicOf(recipient);
    if (magic === 'bounce') return { code: 550, text: `5.1.1 <${recipient}>: no such user here` };
    if (magic === 'full') return { code: 452, text: `4.2.2 <${recipient}>: mailbox is full` };
    const { refuse } = this.#current;
    if (!refuse || !concerns('refuse', refuse, recipient)) return null;
    if (refuse.firstAttemptOnly && !this.#isFirstAttempt(recipient)) return null;
    return { code: Number(refuse.reply.slice(0, 3)), text: refuse.reply.slice(4) };
  }

  receptionOf(recipients: readonly string[]): Reception {
    const { delayMs, drop } = this.#current;
    const magic = recipients.map(magicOf);
    const dropped = drop !== null && recipients.some((recipient) => concerns('drop', drop, recipient));
    return {
      delayMs: delayMs + (magic.includes('slow') ? SLOW_MS : 0),
      drop:
        dropped && !drop.keepMessage ? 'before-keeping' : dropped || magic.includes('drop') ? 'after-keeping' : 'no',
    };
  }

  #isFirstAttempt(recipient: string): boolean {
    const key = recipient.toLowerCase();
    if (this.#attempted.has(key)) return false;
    if (this.#attempted.size >= MAX_REMEMBERED) this.#attempted.clear();
    this.#attempted.add(key);
    return true;
  }
}

function magicOf(recipient: string): string | null {
  return MAGIC.exec(recipient)?.[1]?.toLowerCase() ?? null;
}

interface Whom {
  readonly matching: string;
  readonly sharePercent: number;
}

/** A share is a property of the address, not of the moment: a second attempt meets the same answer. Every trouble has its own share. */
function concerns(trouble: string, whom: Whom, recipient: string): boolean {
  const key = recipient.toLowerCase();
  if (!key.includes(whom.matching.toLowerCase())) return false;
  if (whom.sharePercent >= 100) return true;
  const place = createHash('sha1').update(`${trouble} ${key}`).digest().readUInt32BE(0) / 2 ** 32;
  return place * 100 < whom.sharePercent;
}
