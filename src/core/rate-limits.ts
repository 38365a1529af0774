import type {
  LimitedOperation,
  RateLimitReset,
  RateLimitStatus,
  RateLimits as StoredRateLimits,
} from '../contract/rate-limits.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { type Count, LimitCounters } from './limit-counters.ts';
import { type LoadSource, LoadWatch } from './load-watch.ts';

/** `limit` in every window, and `burst` more once in ten windows. */
export interface Allowance {
  readonly limit: number;
  readonly windowSeconds: number;
  readonly burst: number;
}

/** What an ordinary integration never meets: twenty requests a second, ten launched campaigns a second, an import a second. */
const BUILT_IN: Readonly<Record<LimitedOperation, Allowance>> = {
  'leads-import': { limit: 60, windowSeconds: 60, burst: 20 },
  'email-sending': { limit: 600, windowSeconds: 60, burst: 100 },
  api: { limit: 1200, windowSeconds: 60, burst: 300 },
};
const WINDOWS_A_BURST = 10;
/** Changed settings hold after this long at most. */
const SETTINGS_FRESH_MS = 2000;
/** Whoever has nothing left is refused for so long without a look at the counters: refusing is to be cheap. */
const REFUSED_MS = 500;
const MOST_REMEMBERED = 10_000;

/** Who is counted: a user, or an API key. `id` is unique over all workspaces. */
export interface Subject {
  readonly id: string;
  /** Null: nobody who is known, so the built-in limits hold. */
  readonly workspaceId: string | null;
}

export function subjectOf({ workspaceId, userId, apiKeyId }: Caller): Subject {
  const who = userId ? `:user:${userId}` : apiKeyId ? `:key:${apiKeyId}` : '';
  return { id: `${workspaceId}${who}`, workspaceId };
}

/** Whose windows an administrator begins anew: the user and the API key that are named, else one's own. */
export function subjectsOf(caller: Caller, named: Pick<RateLimitReset, 'userId' | 'apiKeyId'>): Subject[] {
  const { workspaceId } = caller;
  const { userId, apiKeyId } = named;
  const user = userId === undefined ? [] : [subjectOf({ workspaceId, userId, role: 'viewer' })];
  const key = apiKeyId === undefined ? [] : [subjectOf({ workspaceId, userId: null, apiKeyId, role: 'viewer' })];
  return user.length + key.length > 0 ? [...user, ...key] : [subjectOf(caller)];
}

interface Known {
  readonly at: number;
  readonly allowances: Readonly<Record<LimitedOperation, Allowance>>;
}

/** Limits of what users and API keys ask for. All of them shrink while the server is under load. */
export class RateLimits {
  readonly #core: Pick<Core, 'db'>;
  readonly #counters: LimitCounters;
  readonly #load: LoadSource;
  readonly #known = new Map<string, Known>();
  readonly #reading = new Map<string, Promise<Known>>();
  readonly #refused = new Map<string, { readonly until: number; readonly main: Count }>();

  constructor(core: Pick<Core, 'db' | 'redis' | 'log' | 'queues'>, load: LoadSource = new LoadWatch(core)) {
    this.#core = core;
    this.#counters = new LimitCounters(core);
    this.#load = load;
  }

  close(): void {
    this.#load.close();
  }

  /** Counts `cost` operations if they are allowed, and tells how things stand after that. What is refused costs nothing. */
  async consume(subject: Subject, operation: LimitedOperation, cost = 1): Promise<RateLimitStatus> {
    this.#load.touch();
    const allowance = await this.allowance(subject, operation);
    const { limit, windowSeconds, burst } = this.#underLoad(allowance);
    const key = keyOf(subject, operation, allowance);
    const refused = this.#refusedLately(key);
    if (refused) return this.#show(operation, allowance, refused, burst, false);
    const main = await this.#counters.add(key, cost, windowSeconds);
    if (main.used <= limit) return this.#show(operation, allowance, main, null, true);
    const spare = await this.#spend(`${key}:burst`, cost, windowSeconds * WINDOWS_A_BURST, burst);
    if (cost > 1) await this.#counters.takeBack(key, cost, windowSeconds, main);
    const before = { used: cost > 1 ? main.used - cost : main.used, msLeft: main.msLeft };
    if (!spare.allowed && cost === 1) this.#remember(key, before);
    return this.#show(operation, allowance, before, spare.used, spare.allowed);
  }

  /** The same for who wants to know all of it; a cost that can never be allowed is VALIDATION. */
  async check(subject: Subject, operation: LimitedOperation, cost: number): Promise<RateLimitStatus> {
    const { limit, burst } = await this.allowance(subject, operation);
    const most = Math.max(limit, burst);
    if (cost > most) throw invalid('cost', `is more than is ever allowed at once: ${most} at most`);
    const status = await this.consume(subject, operation, cost);
    const spent = await this.#counters.find(`${keyOf(subject, operation, status)}:burst`);
    return { ...status, burst: { ...status.burst, remaining: Math.max(0, status.burst.limit - (spent?.used ?? 0)) } };
  }

  /** How things stand, without counting anything. */
  async status(subject: Subject, operation: LimitedOperation): Promise<RateLimitStatus> {
    const allowance = await this.allowance(subject, operation);
    const { limit, burst } = this.#underLoad(allowance);
    const key = keyOf(subject, operation, allowance);
    const [main, spare] = await Promise.all([this.#counters.find(key), this.#counters.find(`${key}:burst`)]);
    const allowed = (main?.used ?? 0) < limit || (spare?.used ?? 0) < burst;
    return this.#show(operation, allowance, main ?? { used: 0, msLeft: 0 }, spare?.used ?? 0, allowed);
  }

  /** After `consume` of one: it was no operation after all. */
  async giveBack(subject: Subject, { operation, windowSeconds, resetAt }: RateLimitStatus): Promise<void> {
    const msLeft = Date.parse(resetAt) - Date.now();
    const key = keyOf(subject, operation, { windowSeconds });
    await this.#counters.takeBack(key, 1, windowSeconds, { used: 1, msLeft });
  }

  /** All of it is there again. */
  async reset(subject: Subject, operation: LimitedOperation): Promise<void> {
    const key = keyOf(subject, operation, await this.allowance(subject, operation));
    this.#refused.delete(key);
    await Promise.all([this.#counters.forget(key), this.#counters.forget(`${key}:burst`)]);
  }

  /** What the workspace grants, or what is built in. */
  async allowance({ workspaceId }: Subject, operation: LimitedOperation): Promise<Allowance> {
    if (workspaceId === null) return BUILT_IN[operation];
    const known = this.#known.get(workspaceId);
    if (known && Date.now() - known.at < SETTINGS_FRESH_MS) return known.allowances[operation];
    const reading = this.#read(workspaceId);
    // Old ones do while they are read: no request waits for that, except the first.
    return (known ?? (await reading)).allowances[operation];
  }

  #read(workspaceId: string): Promise<Known> {
    const reading = this.#reading.get(workspaceId) ?? this.#readNow(workspaceId);
    this.#reading.set(workspaceId, reading);
    return reading;
  }

  async #readNow(workspaceId: string): Promise<Known> {
    const workspace = await getWorkspace(this.#core.db.sql, workspaceId).catch(() => null);
    const before = this.#known.get(workspaceId)?.allowances ?? BUILT_IN;
    const given = workspace?.settings as { rateLimits?: StoredRateLimits } | undefined;
    const known = { at: Date.now(), allowances: given ? withBuiltIn(given.rateLimits ?? {}) : before };
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    this.#known.set(workspaceId, known);
    this.#reading.delete(workspaceId);
    return known;
  }

  #underLoad(allowance: Allowance): Allowance {
    const { factor } = this.#load.load;
    const { limit, burst } = allowance;
    return { ...allowance, limit: Math.max(1, Math.floor(limit * factor)), burst: Math.floor(burst * factor) };
  }

  async #spend(key: string, cost: number, seconds: number, most: number): Promise<{ allowed: boolean; used: number }> {
    if (most === 0) return { allowed: false, used: 0 };
    const count = await this.#counters.add(key, cost, seconds);
    if (count.used <= most) return { allowed: true, used: count.used };
    if (cost > 1) await this.#counters.takeBack(key, cost, seconds, count);
    return { allowed: false, used: count.used - (cost > 1 ? cost : 0) };
  }

  #refusedLately(key: string): Count | null {
    const refused = this.#refused.get(key);
    const now = performance.now();
    if (!refused || now >= refused.until) return null;
    return { used: refused.main.used, msLeft: Math.max(0, refused.main.msLeft - (now - refused.until + REFUSED_MS)) };
  }

  #remember(key: string, main: Count): void {
    if (main.msLeft <= REFUSED_MS) return;
    if (this.#refused.size >= MOST_REMEMBERED) this.#refused.clear();
    this.#refused.set(key, { until: performance.now() + REFUSED_MS, main });
  }

  /** `spent` of the burst; null when it was not looked at, because it was not needed. */
  #show(
    operation: LimitedOperation,
    allowance: Allowance,
    main: Count,
    spent: number | null,
    allowed: boolean,
  ): RateLimitStatus {
    const { limit, windowSeconds, burst } = this.#underLoad(allowance);
    const msLeft = Math.round(main.msLeft);
    return {
      operation,
      allowed,
      limit,
      remaining: Math.max(0, limit - main.used),
      resetAt: new Date(Date.now() + msLeft).toISOString(),
      retryAfterMs: allowed ? 0 : Math.max(1, msLeft),
      windowSeconds,
      burst: { limit: burst, remaining: Math.max(0, burst - (spent ?? 0)) },
      ...this.#load.load,
    };
  }
}

function keyOf(
  { id }: Subject,
  operation: LimitedOperation,
  { windowSeconds }: Pick<Allowance, 'windowSeconds'>,
): string {
  return `${operation}/${windowSeconds}:${id}`;
}

function withBuiltIn(given: StoredRateLimits): Known['allowances'] {
  const of = (operation: LimitedOperation): Allowance => ({ ...BUILT_IN[operation], ...given[operation] }) as Allowance;
  return { 'leads-import': of('leads-import'), 'email-sending': of('email-sending'), api: of('api') };
}
