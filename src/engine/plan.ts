import type { QuietHours } from '../domain/quiet-hours.ts';
import type { RetryPolicy } from '../domain/retry-policy.ts';
import type { CompiledMessage } from '../mail/compile.ts';
import type { CopyLinker } from '../mail/copy-links.ts';
import type { MessageSigner } from '../mail/dkim/signer.ts';
import type { Limit } from './permits.ts';

/** Everything about one send, or one variant of it, that is the same for all its recipients, made once per worker process. */
export interface SendPlan {
  readonly sendId: string;
  readonly campaignId: string;
  readonly workspaceId: string;
  /** A single email: goes before campaigns, and stops none. */
  readonly isEmail: boolean;
  readonly message: CompiledMessage;
  /** Return path: one for all copies, or one for each row, so that what comes back names its row (VERP). */
  readonly envelopeFrom: string | ((seq: number) => string);
  /** The domain behind the @ of every Message-ID. */
  readonly messageIdDomain: string;
  /** The domain of the From address, in A-labels and small letters. */
  readonly fromDomain: string;
  readonly feedbackId: string;
  /** The message has `{{webVersionUrl}}` in it. */
  readonly showsWebVersion: boolean;
  /** Null where the links of the message stay as they are. `refused`: rows of those who are not to be followed. */
  readonly links: { readonly linker: CopyLinker; readonly refused: Set<number> } | null;
  /** Lists whose subscriptions the gate looks at; empty when the audience came with the request. */
  readonly listIds: readonly string[];
  /** Accounts to choose from; empty means all of the workspace. */
  readonly accountIds: readonly string[];
  /** Limits of its own: the campaign's rate. Looked up with every batch: it may have been slowed down meanwhile. */
  limits: readonly Limit[];
  /** Null where the From domain has no key; looked up with every batch, as keys come and go. */
  signer: MessageSigner | null;
  readonly batchSize: number | null;
  readonly batchDelayMs: number | null;
  readonly retry: RetryPolicy;
  readonly onUnknown: 'hold' | 'resend';
  /** Times of day in which nothing is gated; null for none. */
  readonly quietHours: QuietHours | null;
  /** Set while the campaign is not to be sent: takes back what still waits in a transport. */
  readonly recall: { recalled: boolean };
}

/** What a batch is sent by: of a campaign with variants each has a plan of its own. */
export interface PlanKey {
  readonly sendId: string;
  readonly variant: number | null;
}

/** Keeps the plans of the few sends that are under way; the least recently used one goes. */
export class PlanCache {
  readonly #load: (key: PlanKey) => Promise<SendPlan>;
  readonly #plans = new Map<string, Promise<SendPlan>>();
  readonly #capacity: number;

  constructor(load: (key: PlanKey) => Promise<SendPlan>, capacity = 32) {
    this.#load = load;
    this.#capacity = capacity;
  }

  get({ sendId, variant }: PlanKey): Promise<SendPlan> {
    const key = `${sendId} ${variant}`;
    const known = this.#plans.get(key);
    this.#plans.delete(key);
    const plan = known ?? this.#load({ sendId, variant });
    this.#plans.set(key, plan);
    if (!known) plan.catch(() => this.#plans.delete(key)); // a failed load must not stick
    for (const oldest of this.#plans.keys()) {
      if (this.#plans.size <= this.#capacity) break;
      this.#plans.delete(oldest);
    }
    return plan;
  }
}
