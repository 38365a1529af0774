import { RECIPIENT_STATES, type RecipientCounts, type RecipientState } from '../../src/contract/states.ts';
import type { ReceivedMessage } from './copy-log.ts';
import type { Outage } from './database-process.ts';
import type { InjectedFault } from './injector.ts';
import { fullestWindow } from './rolling-window.ts';
import type { Suppressed } from './suppressor.ts';

/** A row of the ledger, as its CSV says it. */
export interface LedgerLine {
  readonly email: string;
  readonly state: RecipientState;
  readonly class: string;
  readonly attempts: string;
  readonly code: string;
  readonly response: string;
}

export interface AccountLimit {
  readonly account: number;
  readonly widthMs: number;
  readonly allowed: number;
}

/** Everything there is to judge by: what the product says, and what the receiving servers saw. */
export interface Facts {
  readonly audience: readonly string[];
  /** Of the status route. */
  readonly counts: RecipientCounts;
  readonly ledger: readonly LedgerLine[];
  readonly received: readonly ReceivedMessage[];
  readonly faults: readonly InjectedFault[];
  readonly suppressed: readonly Suppressed[];
  readonly outages: readonly Outage[];
  readonly limits: readonly AccountLimit[];
  /** Rows that may have passed the gate and not have left, in all workers together. */
  readonly inFlightAtMost: number;
}

export interface Verdict {
  /** Its number in the contract. */
  readonly promise: number;
  readonly words: string;
  readonly held: boolean;
  /** What was counted. */
  readonly figures: string;
  /** Recipients that prove the contrary. */
  readonly recipients: readonly string[];
  /** The same in words, and what is not about one recipient. */
  readonly evidence: readonly string[];
}

const FINAL: ReadonlySet<RecipientState> = new Set(['sent', 'failed', 'excluded', 'unknown', 'cancelled']);

/** Each promise of the ledger, from the facts alone. */
export function judge(facts: Facts): Verdict[] {
  const copies = copiesOf(facts.received);
  return [
    judgeCopies(facts, copies),
    judgeStates(facts, copies),
    judgeUnknown(facts),
    judgeLimits(facts),
    judgeSuppressed(facts, copies),
    judgeOutages(facts),
  ];
}

type Copies = ReadonlyMap<string, ReceivedMessage[]>;

function copiesOf(received: readonly ReceivedMessage[]): Copies {
  const copies = new Map<string, ReceivedMessage[]>();
  for (const message of received) {
    if (message.fate !== 'kept') continue;
    const known = copies.get(message.recipient);
    if (known) known.push(message);
    else copies.set(message.recipient, [message]);
  }
  return copies;
}

/** Collects what speaks against a promise. */
class Against {
  readonly recipients: string[] = [];
  readonly evidence: string[] = [];

  recipient(email: string, words: string): void {
    this.recipients.push(email);
    this.evidence.push(`${email}: ${words}`);
  }

  fact(words: string): void {
    this.evidence.push(words);
  }

  verdict(promise: number, words: string, figures: string): Verdict {
    const { recipients, evidence } = this;
    return { promise, words, figures, held: evidence.length === 0, recipients, evidence };
  }
}

/** Copies that were kept without a reply count as well. */
function judgeCopies({ ledger, received }: Facts, copies: Copies): Verdict {
  const against = new Against();
  for (const [email, of] of copies) if (of.length > 1) against.recipient(email, `${of.length} copies`);
  for (const { recipient, rightContent } of received)
    if (!rightContent) against.recipient(recipient, "somebody else's content");
  const known = new Set(ledger.map(({ email }) => email));
  for (const email of copies.keys()) if (!known.has(email)) against.recipient(email, 'a copy, and not in the ledger');
  const silent = received.filter(({ fate, replied }) => fate === 'kept' && !replied).length;
  return against.verdict(
    1,
    'nobody has two copies',
    `${copies.size} copies, ${silent} of them kept without a reply, ${against.recipients.length} recipients against it`,
  );
}

function judgeStates({ audience, counts, ledger, suppressed }: Facts, copies: Copies): Verdict {
  const against = new Against();
  const rows = new Map(ledger.map((row) => [row.email, row]));
  if (rows.size !== ledger.length) against.fact(`${ledger.length - rows.size} recipients have more than one row`);
  for (const email of audience) if (!rows.has(email)) against.recipient(email, 'no row');
  if (ledger.length !== audience.length) against.fact(`${ledger.length} rows for ${audience.length} recipients`);
  const asked = new Set(suppressed.map(({ recipient }) => recipient));
  for (const row of ledger) {
    const contradiction = contradictionOf(row, copies.get(row.email)?.length ?? 0, asked);
    if (contradiction) against.recipient(row.email, contradiction);
  }
  for (const state of RECIPIENT_STATES) {
    const inLedger = ledger.filter((row) => row.state === state).length;
    if (counts[state] !== inLedger) against.fact(`${state}: the status says ${counts[state]}, the ledger ${inLedger}`);
  }
  const figures = RECIPIENT_STATES.filter((state) => counts[state] > 0).map((state) => `${counts[state]} ${state}`);
  return against.verdict(2, 'each in one final state that is true, counts add up', figures.join(', '));
}

/** What does not fit between a row and what the receiving servers have. */
function contradictionOf({ email, state }: LedgerLine, copies: number, asked: ReadonlySet<string>): string | null {
  if (!FINAL.has(state)) return `still ${state}`;
  if (state === 'sent' && copies === 0) return 'sent, and there is no copy';
  if (copies > 0 && state !== 'sent' && state !== 'unknown') return `${state}, and there is a copy`;
  if (state === 'excluded' && !asked.has(email)) return 'excluded, and nobody asked for that';
  return null;
}

/** By cause: a row that a lost connection left, and one that a lost worker left. */
function judgeUnknown({ ledger, faults }: Facts): Verdict {
  const against = new Against();
  const unknown = ledger.filter((row) => row.state === 'unknown');
  const causes = [
    { words: 'lost workers', rows: unknown.filter((row) => row.class === 'worker-lost'), of: 'workers' },
    { words: 'lost connections', rows: unknown.filter((row) => row.class !== 'worker-lost'), of: 'connections' },
  ] as const;
  const figures = causes.map(({ words, rows, of }) => {
    const allowed = faults.reduce((sum, fault) => sum + fault.unknownAllowed[of], 0);
    if (rows.length > allowed) {
      against.fact(`${rows.length} unknown after ${words}, allowed are ${allowed}`);
      for (const { email, response } of rows) against.recipient(email, response);
    }
    return `${rows.length} after ${words} (allowed ${allowed})`;
  });
  return against.verdict(3, 'unknown only what was in flight', figures.join(', '));
}

/** By the receiving server's clock, refused messages included: they came all the same. */
function judgeLimits({ received, limits }: Facts): Verdict {
  const against = new Against();
  const figures = limits.map(({ account, widthMs, allowed }) => {
    const times = received.filter((message) => message.account === account).map(({ at }) => at);
    times.sort((a, b) => a - b);
    const { count, from } = fullestWindow(times, widthMs);
    if (count > allowed)
      against.fact(
        `account ${account + 1}: ${count} in ${widthMs} ms from ${Math.round(from)}, allowed are ${allowed}`,
      );
    return `${count} of ${allowed} in ${widthMs / 1000} s`;
  });
  return against.verdict(4, 'no limit exceeded in any window', figures.join(', '));
}

function judgeSuppressed({ suppressed }: Facts, copies: Copies): Verdict {
  const against = new Against();
  let spared = 0;
  for (const { recipient, answeredAt } of suppressed) {
    const copy = copies.get(recipient)?.[0];
    if (!copy) spared++;
    else if (answeredAt !== null && copy.begunAt > answeredAt) {
      const lateMs = (copy.begunAt - answeredAt).toFixed(1);
      against.recipient(recipient, `a copy begun ${lateMs} ms after the suppression was answered`);
    }
  }
  return against.verdict(
    5,
    'who was suppressed before got nothing',
    `${suppressed.length} suppressed under way, ${spared} of them without a copy`,
  );
}

/** What passed the gate before may still leave; nothing else. */
function judgeOutages({ received, outages, inFlightAtMost }: Facts): Verdict {
  const against = new Against();
  let most = 0;
  for (const { from, to } of outages) {
    const count = received.filter(({ at }) => at >= from && at <= to).length;
    most = Math.max(most, count);
    if (count > inFlightAtMost)
      against.fact(
        `${count} messages in ${Math.round(to - from)} ms without a database, at most ${inFlightAtMost} had passed the gate`,
      );
  }
  const downMs = outages.reduce((sum, { from, to }) => sum + to - from, 0);
  return against.verdict(
    6,
    'without a ledger nothing is sent',
    `${outages.length} outages, ${(downMs / 1000).toFixed(1)} s, at most ${most} messages in one (allowed ${inFlightAtMost})`,
  );
}
