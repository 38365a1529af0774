import { accountsFor } from '../domain/account-choice.ts';
import { sleep } from '../lib/sleep.ts';
import type { Transport } from '../mail/transport.ts';
import { GrantedPermits } from './granted-permits.ts';
import type { Lane, LaneAccount } from './lane.ts';
import { LaneBook, type LaneBookSources } from './lane-book.ts';
import { limitedDomains, limitsOf } from './lane-limits.ts';
import type { PermitSource } from './permit-book.ts';
import { type Limit, Permits, type PermitWait } from './permits.ts';

/** What the lanes need to know of the world. */
export interface LaneSources extends PermitSource, LaneBookSources {
  /** True when this worker may try an account whose circuit is open with one message: nobody else does for a while. */
  claimProbe(accountId: string): Promise<boolean>;
  /** No message was sent to try it. */
  returnProbe(accountId: string): Promise<void>;
}

/** The accounts that may be used: those named, or all of the workspace. */
export interface LanePool {
  readonly workspaceId: string;
  readonly accountIds: readonly string[];
}

export interface LaneRequest extends LanePool {
  /** Limits besides the account's: the campaign's rate, the recipients' domain. */
  readonly limits: readonly Limit[];
  /** Where all of the recipients are; null when no limit asks. */
  readonly domain: string | null;
  readonly batchSize: number | null;
  readonly batchDelayMs: number | null;
  readonly wanted: number;
  /** How long messages take between their gate and the wait for a connection. */
  readonly leadMs: number;
  /** Goes before all others: a single email. */
  readonly isUrgent: boolean;
}

/** Room for `count` messages in a lane, and the way they go: with their permits, where there are limits. */
export interface LaneRoom {
  readonly lane: Lane;
  readonly count: number;
  readonly exit: Pick<Transport, 'send'>;
  /** The permits of messages that are not handed to `exit`. Their room in the lane is released apart from this. */
  giveBack(count: number): void;
}

export type LaneGrant = LaneRoom | LaneWait;

export interface LaneWait {
  readonly waitUntil: Date;
  readonly waitingFor: string;
  /** What is waited for is room of this worker: another one may go on at once. */
  readonly isOfWorker?: boolean;
}

const NO_ACCOUNT_WAIT_MS = 5000;
const LONGEST_WAIT_MS = 500;
/** Shorter waits are sat out with the batch in hand; for a longer one it is given back. */
const SHORT_WAIT_MS = 2500;
/** A batch that was given back is woken this long before its time: the sweeper looks once a second. */
const WAKE_EARLY_MS = 1500;
/** Somebody may raise a limit, or put an account right: so a batch looks again after this long at most. */
const LOOK_AGAIN_MS = 60_000;
/** Permits are granted ahead, so they may be asked for a little before they come free. */
const ASK_EARLY_MS = 100;
/** A lane that could not be used for a while catches up on its turn by this many messages at most. */
const CATCH_UP = 200;
/** While an urgent request waits for permits, others of its workspace look again so soon. */
const YIELD_MS = 50;
/** An account whose day is nearly used up still gets its last messages out. */
const LEAST_SHARE = 0.02;

/** The choice between the accounts of a campaign: room, permits and turns. */
export class Lanes {
  readonly #sources: LaneSources;
  readonly #permits: Permits;
  readonly #book: LaneBook;
  /** Urgent requests that wait for permits, by workspace. */
  readonly #urgent = new Map<string, number>();
  #turn = 0;

  constructor(sources: LaneSources) {
    this.#sources = sources;
    this.#permits = new Permits(sources);
    this.#book = new LaneBook(sources);
  }

  /**
   * Waits for room in this process, and a second or two for permits (or not, when asked for what there is at once); a
   * longer wait is answered with when to come back, and why.
   */
  async acquire(pool: LaneRequest, signal: AbortSignal, patience: 'short' | 'at once' = 'short'): Promise<LaneGrant> {
    if (!pool.isUrgent) return this.#acquire(pool, signal, patience);
    this.#countUrgent(pool.workspaceId, 1);
    try {
      return await this.#acquire(pool, signal, patience);
    } finally {
      this.#countUrgent(pool.workspaceId, -1);
    }
  }

  #countUrgent(workspaceId: string, change: 1 | -1): void {
    const count = (this.#urgent.get(workspaceId) ?? 0) + change;
    if (count > 0) this.#urgent.set(workspaceId, count);
    else this.#urgent.delete(workspaceId);
  }

  async #acquire(pool: LaneRequest, signal: AbortSignal, patience: 'short' | 'at once'): Promise<LaneGrant> {
    for (;;) {
      const { request, all } = await this.#look(pool);
      const accounts = all.filter((account) => account.active);
      if (accounts.length === 0) return noneActive(all);
      const lanes = await Promise.all(accounts.map((account) => this.#book.lane(account)));
      const answer = await this.#takeFrom(lanes, request);
      if (answer && 'lane' in answer) return answer;
      if (signal.aborted) return { waitUntil: new Date(), waitingFor: '' };
      const waitMs = answer ? answer.waitUntil.getTime() - Date.now() : 0;
      if (answer?.isOfWorker && waitMs > SHORT_WAIT_MS) return { ...answer, waitUntil: new Date() };
      if (answer && patience === 'at once') return answer;
      if (answer === null) await waitForRoom(lanes);
      else if (waitMs > SHORT_WAIT_MS)
        return { ...answer, waitUntil: new Date(Date.now() + Math.min(LOOK_AGAIN_MS, waitMs - WAKE_EARLY_MS)) };
      else await sleep(Math.max(10, waitMs - ASK_EARLY_MS), signal);
    }
  }

  /**
   * When a row may go on that this lane could not send: null is at once, because another account of the campaign can be
   * used; otherwise when the lane can, as far as is known.
   */
  goesOnAt(request: LanePool, lane: Lane): Date | null {
    const now = Date.now();
    const all = this.#book.lastAccounts(request.workspaceId);
    const other = accountsFor(all, request.accountIds).some(
      ({ key, active }) => key !== lane.account.key && active && (this.#book.find(key)?.availableAt ?? 0) <= now,
    );
    return other ? null : new Date(Math.min(now + LOOK_AGAIN_MS, Math.max(now + 1000, lane.availableAt)));
  }

  /** Recipient domains that have limits, of the workspace or of one of these accounts; with those of the workspace. */
  async limitedDomains(request: LanePool): Promise<ReadonlyMap<string, readonly Limit[]>> {
    const { accounts, domainLimits } = await this.#book.workspace(request.workspaceId);
    return limitedDomains(request.workspaceId, accountsFor(accounts, request.accountIds), domainLimits);
  }

  /** Workspaces for which this worker can send nothing for a while, because of what they allow one worker. */
  async heldBack(): Promise<string[]> {
    const limited = this.#book.limitedWorkspaces();
    const held = await Promise.all(limited.map(async (id) => ((await this.#isHeldBack(id)) ? id : null)));
    return held.filter((id) => id !== null);
  }

  async #isHeldBack(workspaceId: string): Promise<boolean> {
    const { workerLimit } = await this.#book.workspace(workspaceId); // read anew: the limit may have been raised
    const wait = workerLimit && this.#permits.knownWait([workerLimit]);
    return wait !== null && wait.waitMs > SHORT_WAIT_MS;
  }

  get inFlight(): number {
    return this.#book.inFlight;
  }

  async close(graceMs: number): Promise<void> {
    await this.#book.close(graceMs);
    await this.#permits.close();
  }

  /** The accounts of a request as they are now, and the request with what this worker may send. */
  async #look(pool: LaneRequest): Promise<{ request: LaneRequest; all: LaneAccount[] }> {
    const { accounts, workerLimit } = await this.#book.workspace(pool.workspaceId);
    const request = workerLimit ? { ...pool, limits: [workerLimit, ...pool.limits] } : pool;
    return { request, all: accountsFor(accounts, pool.accountIds) };
  }

  /** Room and permits in one of the lanes; null when there is no room, or when to come back, and what for. */
  async #takeFrom(lanes: readonly Lane[], request: LaneRequest): Promise<LaneGrant | null> {
    const now = Date.now();
    const open = lanes.filter((lane) => lane.availableAt <= now);
    const waits = lanes
      .filter((lane) => lane.availableAt > now)
      .map((lane) => ({ waitUntil: new Date(lane.availableAt), waitingFor: lane.waitingFor }));
    const heaviest = Math.max(...open.map((lane) => lane.account.weight));
    const room = (lane: Lane) =>
      request.isUrgent
        ? lane.urgentRoom()
        : lane.room(request.batchSize, lane.account.weight / heaviest, request.leadMs);
    const ranked = open
      .filter((lane) => room(lane) > 0)
      .sort((a, b) => this.#turnOf(a) - this.#turnOf(b) || a.inFlight - b.inFlight);
    for (const lane of ranked) {
      const answer = lane.wantsProbe ? await this.#probe(lane, request) : await this.#take(lane, request, room(lane));
      if ('lane' in answer) return answer;
      if (answer.forAll) return waitOf(answer);
      waits.push(waitOf(answer));
    }
    if (open.length > ranked.length || waits.length === 0) return null;
    return waits.reduce((a, b) => (b.waitUntil < a.waitUntil ? b : a));
  }

  /** One message tries an account whose circuit is open. */
  async #probe(lane: Lane, request: LaneRequest): Promise<LaneRoom | LaneRefusal> {
    const { id, name } = lane.account;
    const words = `the server of account ${name}, which one message tries now`;
    if (lane.inFlight > 0 || !(await this.#sources.claimProbe(id))) return { waitMs: 1000, words, forAll: false };
    const answer = await this.#take(lane, request, 1);
    if (!('lane' in answer)) {
      this.#returnProbe(id);
      return answer;
    }
    const giveBack = (unused: number) => {
      answer.giveBack(unused);
      this.#returnProbe(id);
    };
    return { ...answer, giveBack };
  }

  #returnProbe(accountId: string): void {
    this.#sources.returnProbe(accountId).catch((error: unknown) => this.#sources.onError(error));
  }

  async #take(lane: Lane, request: LaneRequest, room: number): Promise<LaneRoom | LaneRefusal> {
    const wanted = Math.min(request.wanted, room);
    const limits = limitsOf(lane.account, request);
    if (limits.length > 0 && !request.isUrgent && this.#urgent.has(request.workspaceId))
      return { waitMs: YIELD_MS, words: 'single emails, which go first', forAll: false };
    // Before room is taken: to give it back would wake those who wait for room, who would do the same, in a circle.
    const known = this.#permits.knownWait(limits);
    if (known) return { ...known, forAll: request.limits.includes(known.limit) };
    lane.take(wanted);
    if (limits.length === 0) this.#advance(lane, wanted, 1);
    if (limits.length === 0) return { lane, count: wanted, exit: lane.transport, giveBack: () => {} };
    const grant = await this.#permits.take(limits, wanted).catch((error: unknown) => {
      lane.release(wanted);
      throw error;
    });
    if ('waitMs' in grant) {
      lane.release(wanted);
      return { ...grant, forAll: request.limits.includes(grant.limit) };
    }
    const count = grant.starts.length;
    this.#advance(lane, count, this.#permits.shareLeft(limits.at(-1)));
    if (count < wanted) lane.release(wanted - count);
    const permits = new GrantedPermits(grant.books, grant.starts, lane.transport);
    return { lane, count, exit: permits, giveBack: (unused) => permits.giveBack(unused) };
  }

  /** Accounts take turns by weight, and by what is left of their day: the lane with the smallest turn is next. */
  #turnOf(lane: Lane): number {
    return Math.max(lane.turn, this.#turn - CATCH_UP / lane.account.weight);
  }

  #advance(lane: Lane, count: number, shareLeft: number): void {
    this.#turn = this.#turnOf(lane);
    lane.turn = this.#turn + count / (lane.account.weight * Math.max(LEAST_SHARE, shareLeft));
  }
}

/** Nothing free; `forAll` when another lane would be of no use. */
type LaneRefusal = Pick<PermitWait, 'waitMs' | 'words'> & { readonly forAll: boolean; readonly limit?: Limit };

function waitOf({ waitMs, words, limit }: LaneRefusal): LaneWait {
  const waitUntil = new Date(Date.now() + waitMs);
  const waitingFor = `${words} until ${waitUntil.toISOString()}`;
  return { waitUntil, waitingFor, isOfWorker: limit?.isOfWorker === true };
}

function noneActive(accounts: readonly LaneAccount[]): LaneWait {
  const words = accounts.slice(0, 3).map((account) => account.stateWords);
  const why = words.length > 0 ? ` (${words.join('; ')}${accounts.length > words.length ? '; …' : ''})` : '';
  const waitUntil = new Date(Date.now() + NO_ACCOUNT_WAIT_MS);
  return { waitUntil, waitingFor: `a sending account that is active${why}` };
}

/** The bound is a safety net: room is announced, but accounts may be changed, or the worker told to stop, meanwhile. */
async function waitForRoom(lanes: readonly Lane[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LONGEST_WAIT_MS);
  });
  // Nothing comes free where nothing is in flight: to wait there would only pile up waiters, hundreds of users of them.
  await Promise.race([...lanes.filter(({ inFlight }) => inFlight > 0).map((lane) => lane.freed()), bound]);
  clearTimeout(timer);
}
