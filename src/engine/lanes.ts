import type { PermitGrant, PermitOwner } from '../db/hot/reserve-permits.ts';
import { accountsFor } from '../domain/account-choice.ts';
import { sleep } from '../lib/sleep.ts';
import type { Transport } from '../mail/transport.ts';
import { Lane, type LaneAccount } from './lane.ts';

/** What the lanes need to know of the world. */
export interface LaneSources {
  /** Every account of the workspace, whatever its state. */
  listAccounts(workspaceId: string): Promise<LaneAccount[]>;
  open(accountId: string): Promise<Transport>;
  reserve(owner: PermitOwner, wanted: number): Promise<PermitGrant>;
  giveBack(owner: PermitOwner, reservedAt: string, unused: number): Promise<void>;
}

export interface LaneRequest {
  readonly workspaceId: string;
  readonly campaignId: string;
  /** The campaign has a rate limit of its own. */
  readonly limited: boolean;
  readonly accountIds: readonly string[];
  readonly batchSize: number | null;
  readonly batchDelayMs: number | null;
  readonly wanted: number;
}

interface Permits {
  readonly owner: PermitOwner;
  readonly reservedAt: string;
}

export type LaneGrant =
  | { readonly lane: Lane; readonly count: number; readonly permits: readonly Permits[] }
  | { readonly waitUntil: Date; readonly waitingFor: string };

const ACCOUNTS_FRESH_MS = 1000;
const NO_ACCOUNT_WAIT_MS = 5000;
const LONGEST_WAIT_MS = 500;
const SHORT_WAIT_MS = 2500;

/**
 * The sending accounts this process has open, and the choice between them. A lane stays open while its account's
 * settings are the same; changed settings open a new one and close the old when its last reply is in.
 */
export class Lanes {
  readonly #sources: LaneSources;
  readonly #lanes = new Map<string, Lane>();
  readonly #known = new Map<string, { at: number; accounts: Promise<LaneAccount[]> }>();
  readonly #opening = new Map<string, Promise<Lane>>();

  constructor(sources: LaneSources) {
    this.#sources = sources;
  }

  /** Waits for room in this process, but not for quotas: those are answered with when to come back, and why. */
  async acquire(request: LaneRequest, signal: AbortSignal): Promise<LaneGrant> {
    for (;;) {
      const accounts = await this.#usable(request);
      if (accounts.length === 0) {
        return { waitUntil: new Date(Date.now() + NO_ACCOUNT_WAIT_MS), waitingFor: 'a sending account that is active' };
      }
      const lanes = await Promise.all(accounts.map((account) => this.#lane(account)));
      const open = lanes.filter((lane) => lane.availableAt <= Date.now());
      const answer = open.length === 0 ? soonest(lanes) : await this.#takeFrom(open, request);
      if (answer && 'lane' in answer) return answer;
      if (signal.aborted) return { waitUntil: new Date(), waitingFor: '' };
      // A pause of a second or two is sat out here; for a longer one the batch is given back.
      if (answer === null) await waitForRoom(open);
      else if (answer.waitUntil.getTime() - Date.now() > SHORT_WAIT_MS) return answer;
      else await sleep(Math.max(10, answer.waitUntil.getTime() - Date.now()), signal);
    }
  }

  /** Rows of a grant that the gate did not let through: room and permits for others. */
  async giveBack(grant: Extract<LaneGrant, { lane: Lane }>, unused: number): Promise<void> {
    if (unused <= 0) return;
    for (const { owner, reservedAt } of grant.permits) await this.#sources.giveBack(owner, reservedAt, unused);
  }

  get inFlight(): number {
    let sum = 0;
    for (const lane of this.#lanes.values()) sum += lane.inFlight;
    return sum;
  }

  async close(graceMs: number): Promise<void> {
    const lanes = [...this.#lanes.values()];
    this.#lanes.clear();
    await Promise.all(lanes.map((lane) => lane.transport.close(graceMs)));
  }

  /** Room and permits in one of the open lanes; null when there is no room, or when to come back for permits. */
  async #takeFrom(open: Lane[], request: LaneRequest): Promise<LaneGrant | null> {
    const now = Date.now();
    const room = (lane: Lane) => lane.room(request.batchSize, request.batchDelayMs, now);
    // The least used per weight first; so accounts of equal weight take turns.
    const ranked = open
      .filter((lane) => room(lane) > 0)
      .sort((a, b) => a.inFlight / a.account.weight - b.inFlight / b.account.weight);
    for (const lane of ranked) {
      const count = Math.min(request.wanted, room(lane));
      lane.take(count);
      const permits = await this.#reserve(lane, request, count).catch((error: unknown) => {
        lane.release(count, 0, now);
        throw error;
      });
      if ('waitUntil' in permits) {
        lane.release(count, 0, now);
        if (permits.ofCampaign) return permits;
        continue;
      }
      lane.release(count - permits.granted, 0, now);
      return { lane, count: permits.granted, permits: permits.taken };
    }
    return ranked.length > 0 ? soonest(open) : null;
  }

  /** Permits of the campaign, then of the account: only as many as both allow. */
  async #reserve(
    lane: Lane,
    request: LaneRequest,
    wanted: number,
  ): Promise<{ granted: number; taken: Permits[] } | { waitUntil: Date; waitingFor: string; ofCampaign: boolean }> {
    const taken: Permits[] = [];
    let granted = wanted;
    if (request.limited) {
      const owner = { kind: 'campaign', id: request.campaignId } as const;
      const grant = await this.#sources.reserve(owner, granted);
      if (grant.granted === 0)
        return {
          waitUntil: retryAt(grant),
          waitingFor: `the campaign's own rate limit until ${retryAt(grant).toISOString()}`,
          ofCampaign: true,
        };
      granted = grant.granted;
      taken.push({ owner, reservedAt: grant.reservedAt });
    }
    if (lane.account.limited) {
      const owner = { kind: 'account', id: lane.account.id } as const;
      const grant = await this.#sources.reserve(owner, granted);
      for (const permit of taken)
        await this.#sources.giveBack(permit.owner, permit.reservedAt, granted - grant.granted);
      if (grant.granted === 0) {
        lane.pause(retryAt(grant).getTime(), `limit per ${grant.boundBy}`, Date.now());
        return { waitUntil: retryAt(grant), waitingFor: lane.waitingFor, ofCampaign: false };
      }
      granted = grant.granted;
      taken.push({ owner, reservedAt: grant.reservedAt });
    }
    return { granted, taken };
  }

  async #usable(request: LaneRequest): Promise<LaneAccount[]> {
    const known = this.#known.get(request.workspaceId);
    const fresh = known && Date.now() - known.at < ACCOUNTS_FRESH_MS ? known : this.#refresh(request.workspaceId);
    return accountsFor(await fresh.accounts, request.accountIds).filter((account) => account.active);
  }

  #refresh(workspaceId: string): { at: number; accounts: Promise<LaneAccount[]> } {
    const entry = { at: Date.now(), accounts: this.#sources.listAccounts(workspaceId) };
    this.#known.set(workspaceId, entry);
    entry.accounts.catch(() => this.#known.delete(workspaceId));
    return entry;
  }

  async #lane(account: LaneAccount): Promise<Lane> {
    const lane = this.#lanes.get(account.id);
    if (lane && lane.account.revision === account.revision) return lane;
    const opening = this.#opening.get(account.id) ?? this.#reopen(account, lane);
    this.#opening.set(account.id, opening);
    return opening;
  }

  async #reopen(account: LaneAccount, old: Lane | undefined): Promise<Lane> {
    try {
      const lane = new Lane(account, await this.#sources.open(account.id));
      this.#lanes.set(account.id, lane);
      void old?.transport.close(60_000); // never rejects; what it holds resolves as it may
      return lane;
    } finally {
      this.#opening.delete(account.id);
    }
  }
}

function retryAt(grant: PermitGrant): Date {
  return grant.retryAt ?? new Date(Date.now() + 1000);
}

function soonest(lanes: readonly Lane[]): { waitUntil: Date; waitingFor: string } {
  const first = lanes.reduce((a, b) => (b.availableAt < a.availableAt ? b : a));
  return { waitUntil: new Date(first.availableAt), waitingFor: first.waitingFor };
}

/** The bound is a safety net: room is announced, but accounts may be changed, or the worker told to stop, meanwhile. */
async function waitForRoom(lanes: readonly Lane[]): Promise<void> {
  const now = Date.now();
  const pauses = lanes.map((lane) => lane.pauseUntil - now).filter((ms) => ms > 0);
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(LONGEST_WAIT_MS, ...pauses));
  });
  await Promise.race([...lanes.map((lane) => lane.freed()), bound]);
  clearTimeout(timer);
}
