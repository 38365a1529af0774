import type { PermitWindow } from './permit-window.ts';
import { RollingMeter, type Spent } from './rolling-meter.ts';

export interface ForecastAccount {
  readonly id: string;
  readonly name: string;
  readonly weight: number;
  /** What its connections can do, without limits. */
  readonly perSecond: number;
  readonly windows: readonly PermitWindow[];
  readonly spent: readonly Spent[];
  /** Nothing goes through it before (milliseconds since 1970). */
  readonly availableAt: number;
}

/** Recipients who may be sent to at the same times. */
export interface ForecastGroup {
  readonly recipients: number;
  /** Whether they may be sent to at a moment, and until when that stays so. */
  openAt(at: number): { readonly open: boolean; readonly until: number };
}

export interface ForecastInput {
  readonly now: number;
  readonly accounts: readonly ForecastAccount[];
  /** The campaign's own rate. */
  readonly campaign: { readonly windows: readonly PermitWindow[]; readonly spent: readonly Spent[] };
  readonly groups: readonly ForecastGroup[];
}

/** A limit that holds up: for the first time from then until then. */
export interface Binding {
  /** Null: the campaign's own. */
  readonly accountId: string | null;
  readonly limit: string;
  readonly widthMs: number;
  readonly from: number;
  until: number;
}

export interface Forecast {
  /** Null: never, as things are. */
  readonly finishesAt: number | null;
  /** The first message; null when there is none. */
  readonly startsAt: number | null;
  readonly accounts: ReadonlyArray<{
    readonly id: string;
    readonly name: string;
    readonly messages: number;
    readonly finishesAt: number | null;
    /** The limit that held it up longest; null when none did. */
    readonly binding: string | null;
  }>;
  /** In the order in which they begin to bind. */
  readonly bindings: readonly Binding[];
}

const DAY_MS = 86_400_000;
/** A campaign that takes longer than this is as good as never done. */
const HORIZON_MS = 1000 * DAY_MS;
/**
 * A step is half a percent of the time simulated so far, from a second to ten minutes; after twenty days it grows again.
 * So the first minutes are exact to the second, and ten days are 2,400 steps. A limit may be exceeded within a step.
 */
const STEP_SHARE = 1 / 200;
const SHORTEST_STEP_MS = 1000;
const LONGEST_STEP_MS = 600_000;
const LATE_STEP_SHARE = LONGEST_STEP_MS / (20 * DAY_MS);
/** Of a message: less is an error of rounding. */
const NOTHING = 1e-6;

/**
 * When a campaign will be done: a simulation in which messages flow evenly within each step, through each account as fast
 * as its connections and the tightest of its windows allow. 40 accounts and ten days take 10 ms of CPU.
 */
export function forecast(input: ForecastInput): Forecast {
  return new Simulation(input).run();
}

class Simulation {
  readonly #input: ForecastInput;
  readonly #lanes: LaneState[];
  readonly #campaign: RollingMeter;
  readonly #groups: GroupState[];
  readonly #bindings = new Bindings();
  #at: number;
  #startsAt: number | null = null;

  constructor(input: ForecastInput) {
    this.#input = input;
    this.#at = input.now;
    this.#lanes = input.accounts.map((account) => new LaneState(account));
    this.#campaign = new RollingMeter(input.campaign.windows, input.campaign.spent);
    this.#groups = input.groups.filter((group) => group.recipients > 0).map((group) => new GroupState(group));
  }

  run(): Forecast {
    const last = this.#input.now + HORIZON_MS;
    while (this.#left > NOTHING && this.#at < last) this.#step();
    const total = this.#input.groups.reduce((sum, group) => sum + group.recipients, 0);
    const sent = this.#left > NOTHING ? Math.floor(total - this.#left) : total;
    const messages = roundTo(
      sent,
      this.#lanes.map((lane) => lane.messages),
    );
    return {
      finishesAt: this.#left > NOTHING ? null : Math.ceil(this.#at),
      startsAt: this.#startsAt,
      accounts: this.#lanes.map((lane, i) => ({
        id: lane.account.id,
        name: lane.account.name,
        messages: messages[i] ?? 0,
        finishesAt: lane.lastAt,
        binding: this.#bindings.longestOf(lane.account.id),
      })),
      bindings: this.#bindings.list(),
    };
  }

  get #left(): number {
    return this.#groups.reduce((sum, group) => sum + group.left, 0);
  }

  #step(): void {
    const at = this.#at;
    let open = 0;
    let border = Number.POSITIVE_INFINITY;
    for (const group of this.#groups) {
      if (group.left <= NOTHING) continue;
      if (group.isOpen(at)) open += group.left;
      border = Math.min(border, group.until);
    }
    if (open === 0) {
      this.#at = border;
      return;
    }
    const ms = Math.min(this.#stepMs(), border - at);
    let possible = 0;
    for (const lane of this.#lanes) possible += lane.measure(at, ms);
    const own = this.#campaign.room(at, ms);
    const amount = Math.min(possible, own, open);
    // The last messages do not take the whole step.
    const needed = amount === open && possible > 0 ? ms * Math.max(amount / possible, amount / own) : ms;
    this.#send(at, ms, amount, possible);
    this.#note(at, ms, amount, possible, own);
    this.#at = at + (this.#left > NOTHING ? ms : needed);
  }

  #stepMs(): number {
    const elapsed = this.#at - this.#input.now;
    const longest = Math.max(LONGEST_STEP_MS, elapsed * LATE_STEP_SHARE);
    return Math.min(longest, Math.max(SHORTEST_STEP_MS, elapsed * STEP_SHARE));
  }

  #send(at: number, ms: number, amount: number, possible: number): void {
    if (amount <= NOTHING) return;
    this.#startsAt ??= at;
    if (amount < possible) {
      const shares = byWeight(this.#lanes, amount);
      for (const [i, lane] of this.#lanes.entries()) lane.send(at, ms, shares[i] ?? 0);
    } else for (const lane of this.#lanes) lane.send(at, ms, lane.room);
    this.#campaign.use(at, ms, amount);
    let toTake = amount;
    for (const group of this.#groups) {
      if (!group.isOpen(at)) continue;
      const taken = Math.min(group.left, toTake);
      group.left -= taken;
      toTake -= taken;
    }
  }

  #note(at: number, ms: number, amount: number, possible: number, own: number): void {
    const until = at + ms;
    const { tightest } = this.#campaign;
    if (tightest && own <= amount && own < possible) this.#bindings.note(null, tightest, at, until);
    if (amount < possible - NOTHING) return;
    for (const lane of this.#lanes) if (lane.boundBy) this.#bindings.note(lane.account.id, lane.boundBy, at, until);
  }
}

class GroupState {
  readonly #group: ForecastGroup;
  #open = false;
  left: number;
  until = Number.NEGATIVE_INFINITY;

  constructor(group: ForecastGroup) {
    this.#group = group;
    this.left = group.recipients;
  }

  isOpen(at: number): boolean {
    if (at >= this.until) {
      const { open, until } = this.#group.openAt(at);
      this.#open = open;
      this.until = until;
    }
    return this.#open && this.left > NOTHING;
  }
}

class LaneState {
  readonly account: ForecastAccount;
  readonly #meter: RollingMeter;
  /** What it can take in the step that was measured last, and what keeps it from more. */
  room = 0;
  boundBy: PermitWindow | null = null;
  messages = 0;
  lastAt: number | null = null;

  constructor(account: ForecastAccount) {
    this.account = account;
    this.#meter = new RollingMeter(account.windows, account.spent);
  }

  measure(at: number, ms: number): number {
    const open = Math.max(0, Math.min(ms, at + ms - this.account.availableAt));
    const able = (this.account.perSecond * open) / 1000;
    const allowed = this.#meter.room(at, ms);
    this.room = Math.min(able, allowed);
    this.boundBy = allowed < able ? this.#meter.tightest : null;
    return this.room;
  }

  send(at: number, ms: number, amount: number): void {
    if (amount <= NOTHING) return;
    this.#meter.use(at, ms, amount);
    this.messages += amount;
    this.lastAt = Math.ceil(at + (ms * amount) / Math.max(amount, this.room));
  }
}

/** Which limits held up, from when until when for the first time, and for how long in all. */
class Bindings {
  readonly #noted = new Map<string | null, Map<PermitWindow, Binding & { totalMs: number }>>();

  note(accountId: string | null, window: PermitWindow, from: number, until: number): void {
    let ofAccount = this.#noted.get(accountId);
    if (!ofAccount) {
      ofAccount = new Map();
      this.#noted.set(accountId, ofAccount);
    }
    const known = ofAccount.get(window);
    if (!known) {
      const { name: limit, widthMs } = window;
      ofAccount.set(window, { accountId, limit, widthMs, from, until, totalMs: until - from });
      return;
    }
    known.totalMs += until - from;
    if (known.until === from) known.until = until;
  }

  longestOf(accountId: string): string | null {
    const noted = [...(this.#noted.get(accountId)?.values() ?? [])];
    return noted.sort((a, b) => b.totalMs - a.totalMs)[0]?.limit ?? null;
  }

  list(): Binding[] {
    const all = [...this.#noted.values()].flatMap((ofAccount) => [...ofAccount.values()]);
    return all.map(({ totalMs: _, ...binding }) => binding).sort((a, b) => a.from - b.from);
  }
}

/** Divides an amount by weight, none more than it has room for: whoever is full leaves the rest to the others. */
function byWeight(lanes: readonly LaneState[], amount: number): number[] {
  const order = lanes
    .map((lane, i) => ({ i, room: lane.room, weight: lane.account.weight }))
    .sort((a, b) => a.room / a.weight - b.room / b.weight);
  const shares = Array<number>(lanes.length).fill(0);
  let left = amount;
  let weights = order.reduce((sum, { weight }) => sum + weight, 0);
  for (const { i, room, weight } of order) {
    const share = Math.min(room, (left * weight) / weights);
    shares[i] = share;
    left -= share;
    weights -= weight;
  }
  return shares;
}

/** Whole numbers that add up to `total`. */
function roundTo(total: number, amounts: readonly number[]): number[] {
  const whole = amounts.map(Math.floor);
  let missing = total - whole.reduce((sum, amount) => sum + amount, 0);
  const order = amounts.map((amount, i) => ({ i, part: amount - Math.floor(amount) })).sort((a, b) => b.part - a.part);
  for (const { i } of order) {
    if (missing <= 0) break;
    whole[i] = (whole[i] ?? 0) + 1;
    missing--;
  }
  return whole;
}
