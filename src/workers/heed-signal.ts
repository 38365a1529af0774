import type { Core } from '../core/context.ts';
import { closeCircuit, cutForAll, openCircuit, pauseForAll } from '../db/account-health.ts';
import { disableAccount } from '../db/accounts.ts';
import { moveCampaign } from '../db/campaigns.ts';
import { listRunningWorkers } from '../db/workers.ts';
import type { Lane } from '../engine/lane.ts';
import type { SendPlan } from '../engine/plan.ts';
import type { SendOutcome } from '../mail/transport.ts';
import { heedUserSignal } from './heed-user-signal.ts';

type SignalCore = Pick<Core, 'db' | 'log' | 'events'>;
type Trouble = Extract<SendOutcome, { kind: 'refused' | 'not-handed-over' }>;

/** How long a process leaves an account alone by itself, until it has told the others. */
const AT_ONCE_MS = 5_000;
const QUOTA_PAUSE_MS = 15 * 60_000;
const LONGEST_ASKED_MS = 24 * 60 * 60_000;

/**
 * What an answer says beyond its recipient: about the connection, the account, or the whole campaign. Never rejects: the
 * ledger has its outcome whatever becomes of this.
 */
export async function heedSignal(core: SignalCore, plan: SendPlan, lane: Lane, outcome: SendOutcome): Promise<void> {
  try {
    if (outcome.kind === 'accepted') await heedAccepted(core, lane);
    else if (outcome.kind === 'refused' || outcome.kind === 'not-handed-over')
      await heedTrouble(core, plan, lane, outcome);
  } catch (error) {
    core.log.error(
      { err: error, account: lane.account.name },
      'what a server said could not be shared with the workers',
    );
  }
}

async function heedAccepted(core: SignalCore, lane: Lane): Promise<void> {
  lane.accepted(Date.now());
  await heedReached(core, lane);
}

/** The server answers: a circuit that was open is closed for everybody. */
async function heedReached(core: SignalCore, lane: Lane): Promise<void> {
  lane.reached();
  if (!lane.wantsProbe) return;
  await closeCircuit(core.db.sql, lane.account.id);
  told(core, lane);
}

async function heedTrouble(core: SignalCore, plan: SendPlan, lane: Lane, outcome: Trouble): Promise<void> {
  const words = outcome.kind === 'refused' ? `${outcome.reply.code} ${outcome.reply.text}` : outcome.message;
  // Not awaited yet: what follows pauses the lane, and that is to hold before anything else happens in this process.
  const reached = outcome.kind === 'refused' ? heedReached(core, lane) : Promise.resolve();
  await Promise.all([reached, heedAction(core, plan, lane, outcome, words)]);
}

async function heedAction(
  core: SignalCore,
  plan: SendPlan,
  lane: Lane,
  outcome: Trouble,
  words: string,
): Promise<void> {
  const { user } = lane.account;
  if (user && (await heedUserSignal(core, lane, user, outcome.class, words, askedMs(outcome)))) return;
  switch (outcome.class.action) {
    case 'retry':
      // Closed by ourselves: the account was changed, or the worker stops.
      if (outcome.kind === 'refused' || outcome.class.name === 'transport-closed') return;
      return heedNotReached(core, lane, words);
    case 'throttle':
      return heedThrottle(core, lane, words, askedMs(outcome));
    case 'pause-account':
      return pause(
        core,
        lane,
        Math.max(QUOTA_PAUSE_MS, askedMs(outcome)),
        `the limit its server speaks of ("${words}")`,
      );
    case 'disable-account':
      return disable(core, lane, words);
    case 'stop-campaign': {
      if (plan.isEmail) return; // it failed, and there is nothing else to stop
      const reason = `stopped, because the server of account ${lane.account.name} refused its sender: ${words}`;
      await moveCampaign(core.db.sql, plan.campaignId, 'paused', { stateReason: reason }, ['active']);
      return;
    }
    case 'fail':
      return;
  }
}

async function heedNotReached(core: SignalCore, lane: Lane, words: string): Promise<void> {
  if (!lane.notReached(words, Date.now())) return;
  await openCircuit(core.db.sql, lane.account.id, words);
  told(core, lane);
}

/** How long its server wants to be left alone, where it says so. */
function askedMs(outcome: Trouble): number {
  return outcome.kind === 'refused' ? Math.min(outcome.retryAfterMs ?? 0, LONGEST_ASKED_MS) : 0;
}

/** The first of the messages that are refused together speaks for all of them. */
async function heedThrottle(core: SignalCore, lane: Lane, words: string, askedFor: number): Promise<void> {
  const now = Date.now();
  if (lane.availableAt > now) return;
  const here = lane.ratePerMinute(now);
  const reason = `the request to slow down ("${words}")`;
  lane.pause(Math.max(AT_ONCE_MS, askedFor), reason, now);
  const workers = Math.max(1, (await listRunningWorkers(core.db.sql)).length);
  const pauseMs = await cutForAll(core.db.sql, lane.account.id, here * workers, words, askedFor);
  lane.pause(pauseMs, reason, Date.now());
  core.log.warn({ account: lane.account.name, reply: words }, 'a server asked to slow down');
  told(core, lane);
}

async function pause(core: SignalCore, lane: Lane, forMs: number, reason: string): Promise<void> {
  if (lane.availableAt > Date.now() + AT_ONCE_MS) return;
  lane.pause(forMs, reason, Date.now());
  await pauseForAll(core.db.sql, lane.account.id, forMs, reason);
  told(core, lane);
}

async function disable(core: SignalCore, lane: Lane, words: string): Promise<void> {
  if (lane.isGivenUp) return;
  lane.isGivenUp = true;
  lane.pause(AT_ONCE_MS, `the login ("${words}")`, Date.now()); // by then the account is known to be disabled
  core.log.error({ account: lane.account.name, reply: words }, 'a sending account was disabled');
  await disableAccount(core.db.sql, lane.account.id, words);
  told(core, lane);
}

function told(core: SignalCore, lane: Lane): void {
  core.events.publish({ kind: 'account', id: lane.account.id });
}
