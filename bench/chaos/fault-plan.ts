import type { FaultAction, PlannedFault } from './fault.ts';
import { SeededRandom } from './seeded-random.ts';
import { CUT_STAGES, type CutManner } from './sink-fault.ts';

export interface PlanSize {
  readonly recipients: number;
  readonly faults: number;
  readonly seed: number;
  readonly accounts: number;
  readonly workers: number;
  /** Of the product under test: a stopped worker is stopped for longer. */
  readonly leaseMs: number;
}

type Draw = (random: SeededRandom, size: PlanSize) => FaultAction;

/** The first fault comes when there is something to break, the last one while there still is. */
const FIRST = 0.02;
const LAST = 0.85;
/** Every so many faults come together with the one before. */
const TOGETHER = 0.3;

/**
 * The faults of a run, the same for the same seed. Kinds are dealt like cards: each of them comes once before one comes
 * again, and so do the variants of each, so that few faults already cover much.
 */
export function planFaults(size: PlanSize): PlannedFault[] {
  const random = new SeededRandom(size.seed);
  const kinds = new Deck([...KINDS, CUTS, SCRIPTS], random, KINDS);
  const variants = new Map(KINDS.map((kind) => [kind, new Deck(kind, random)]));
  const actions = Array.from({ length: size.faults }, () => variants.get(kinds.deal())?.deal()(random, size));
  const moments = momentsOf(size, random);
  return actions.flatMap((action, i) => (action ? [{ ...action, no: i + 1, after: moments[i] ?? 0 }] : []));
}

function momentsOf({ recipients, faults }: PlanSize, random: SeededRandom): number[] {
  const moments = Array.from({ length: faults }, () => FIRST + random.next() * (LAST - FIRST)).sort((a, b) => a - b);
  for (let i = 1; i < faults; i++) if (random.next() < TOGETHER) moments[i] = moments[i - 1] ?? 0;
  return moments.map((moment) => Math.round(moment * recipients));
}

class Deck<T> {
  readonly #all: readonly T[];
  readonly #random: SeededRandom;
  #left: T[];

  /** `first` are the cards of the first round. */
  constructor(all: readonly T[], random: SeededRandom, first = all) {
    this.#all = all;
    this.#random = random;
    this.#left = random.shuffled(first);
  }

  deal(): T {
    if (this.#left.length === 0) this.#left = this.#random.shuffled(this.#all);
    return this.#left.pop() as T;
  }
}

const worker = (random: SeededRandom, { workers }: PlanSize) => random.between(0, workers - 1);
const account = (random: SeededRandom, { accounts }: PlanSize) => random.between(0, accounts - 1);

const KILLS: readonly Draw[] = [
  () => ({ kind: 'kill', what: 'everything' }),
  () => ({ kind: 'kill', what: 'server' }),
  (random, size) => ({ kind: 'kill', what: 'worker', worker: worker(random, size) }),
];

const STOPS: readonly Draw[] = (['go-on', 'kill'] as const).map((afterwards) => (random, size) => ({
  kind: 'stop',
  afterwards,
  worker: worker(random, size),
  ms: size.leaseMs + random.between(1000, 2500),
}));

/** The one that is down longest shows that nothing is sent without a ledger. */
const DATABASE: readonly Draw[] = [
  () => ({ kind: 'database', way: 'fast', downMs: 3000 }),
  (random) => ({ kind: 'database', way: 'fast', downMs: random.between(0, 500) }),
  (random) => ({ kind: 'database', way: 'immediate', downMs: random.between(0, 1000) }),
  (random) => ({ kind: 'database', way: 'kill', downMs: random.between(0, 1000) }),
  () => ({ kind: 'database-backend' }),
];

const HALF_OPEN: readonly Draw[] = [
  (random, size) => ({
    kind: 'silence',
    account: account(random, size),
    ms: random.between(2500, 4500),
    afterwards: 'cut',
  }),
  (random, size) => ({
    kind: 'silence',
    account: account(random, size),
    ms: random.between(2500, 4500),
    afterwards: 'go-on',
  }),
  (random, size) => ({ kind: 'no-greeting', account: account(random, size), ms: random.between(2000, 3500) }),
];

const CUTS: readonly Draw[] = CUT_STAGES.flatMap((stage) =>
  (['fin', 'rst'] as const satisfies readonly CutManner[]).map(
    (manner): Draw =>
      (random, size) => ({
        kind: 'cut',
        account: account(random, size),
        ms: 4000,
        stage,
        manner,
        connections: random.between(1, 6),
      }),
  ),
);

/** Words that classify as trouble of the recipient or the connection, not as a reason to leave the account for minutes. */
const REFUSALS = [
  ['connect', '421 4.3.2 Service shutting down', 0.5],
  ['ehlo', '421 4.3.2 Service shutting down', 0.5],
  ['mail', '421 4.3.2 Service shutting down', 0.05],
  ['rcpt', '421 4.3.2 Service shutting down', 0.05],
  ['data', '421 4.3.2 Service shutting down', 0.05],
  ['dot', '421 4.3.2 Service shutting down', 0.05],
  ['rcpt', '450 4.2.0 Mailbox busy, try again', 0.3],
  ['rcpt', '451 4.3.0 Local error in processing', 0.3],
  ['rcpt', '452 4.2.2 Mailbox full for now', 0.3],
  ['rcpt', '454 4.3.0 Temporary trouble here', 0.3],
  ['data', '451 4.3.0 Local error in processing', 0.2],
  ['rcpt', '550 5.1.1 User unknown', 0.2],
  ['rcpt', '552 5.2.2 Mailbox full', 0.2],
  ['rcpt', '554 5.0.0 Transaction failed', 0.2],
  ['dot', '554 5.0.0 Transaction failed', 0.2],
  ['dot', '451 4.3.0 Local error in processing', 0.2],
] as const;

const SCRIPTS: readonly Draw[] = [
  ...REFUSALS.map(
    ([stage, reply, share]): Draw =>
      (random, size) => ({
        kind: 'refuse',
        account: account(random, size),
        ms: random.between(1000, 3000),
        stage,
        reply,
        share,
        salt: random.between(0, 1_000_000),
      }),
  ),
  ...(['split', 'drip'] as const).map(
    (manner): Draw =>
      (random, size) => ({ kind: 'speech', account: account(random, size), ms: random.between(1500, 3000), manner }),
  ),
];

const PAUSES: readonly Draw[] = [(random) => ({ kind: 'pause', ms: random.between(500, 2500) })];

/** Cuts and scripts have the most variants, so from the second round on they are dealt twice. */
const KINDS: ReadonlyArray<readonly Draw[]> = [KILLS, STOPS, DATABASE, HALF_OPEN, CUTS, SCRIPTS, PAUSES];
