import type { RecipientCounts } from '../../src/contract/states.ts';
import type { PlannedFault } from './fault.ts';
import type { InjectedFault } from './injector.ts';
import type { Verdict } from './judge.ts';

export interface AccountPace {
  readonly perSecond: number;
  readonly perMinute: number;
}

export interface ChaosOptions {
  readonly recipients: number;
  readonly faults: number;
  /** The same seed gives the same faults at the same numbers of messages. */
  readonly seed: number;
  /** The program to run: `[node, dist/cli.mjs]`. */
  readonly program: readonly string[];
  /** Environment of that program: PATH and the like. */
  readonly environment: NodeJS.ProcessEnv;
  readonly workers: number;
  /** The limits of each sending account; each has a receiving server of its own. */
  readonly accounts: readonly AccountPace[];
  /** How each account sends: smtp, or the type of a provider. */
  readonly ways: readonly string[];
  /** Of each account and worker. */
  readonly connections: number;
  /** Rows that the loss of a worker may leave `unknown`, per connection. */
  readonly unknownPerConnection: number;
  /** Rows that may be between gate and record, per connection. */
  readonly inFlightPerConnection: number;
  readonly leaseMs: number;
  /** Gives up on a campaign that does not end. */
  readonly withinMs: number;
  /** Ends the run early; everything is cleaned up. */
  readonly signal: AbortSignal;
  readonly onStep: (line: string) => void;
}

export interface ChaosReport {
  readonly seed: number;
  readonly recipients: number;
  readonly seconds: number;
  readonly counts: RecipientCounts;
  readonly faults: readonly InjectedFault[];
  /** Of the plan, but the campaign had ended: the run proves less than it was asked to. */
  readonly notInjected: readonly PlannedFault[];
  readonly verdicts: readonly Verdict[];
  /** Processes of the product that ended without having been killed. */
  readonly ownEnds: readonly string[];
  /** For each recipient that proves a broken promise: its row, its copies, and what was done to it. */
  readonly evidence: readonly object[];
  /** What the product logged, when a promise was broken. */
  readonly log: string | null;
}
