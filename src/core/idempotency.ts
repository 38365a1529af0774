import { type Claim, claimKey, findKeyUse, type KeyUse, releaseClaim, storeAnswer } from '../db/idempotency.ts';
import { AppError } from '../errors.ts';
import { uuid7 } from '../lib/uuid7.ts';
import type { Core } from './context.ts';

/** A request without an answer after this long was lost with its process. */
const LOST_AFTER_SECONDS = 60;

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Either the answer that was given before, or a claim: this request is the one to answer. */
export type Begin = { readonly answer: Answer } | { readonly claim: Claim };

/** Begins a request with an Idempotency-Key; throws IDEMPOTENCY_CONFLICT when it may not. */
export async function beginIdempotent(core: Pick<Core, 'db' | 'secrets'>, use: KeyUse): Promise<Begin> {
  const claim = await claimKey(core.db.sql, { ...use, resourceId: uuid7() }, LOST_AFTER_SECONDS);
  if (claim) return { claim };
  const before = await findKeyUse(core.db.sql, use.workspaceId, use.key);
  if (before && !before.requestHash.equals(use.requestHash)) {
    throw new AppError(
      'IDEMPOTENCY_CONFLICT',
      'This Idempotency-Key was used with another request in the last 24 hours. Nothing was done. Use a new key for a new request.',
    );
  }
  if (!before || before.status === null || before.response === null) {
    throw new AppError(
      'IDEMPOTENCY_CONFLICT',
      'The first request with this Idempotency-Key is still running. Nothing was done twice. Ask again in a moment to get its answer.',
      { retryAfterSeconds: 1 },
    );
  }
  return { answer: { status: before.status, body: core.secrets.open(before.response) } };
}

/** Keeps an answer for 24 hours. It is sealed, because it may hold a key that is shown only once. */
export async function keepAnswer(core: Pick<Core, 'db' | 'secrets'>, claim: Claim, answer: Answer): Promise<void> {
  await storeAnswer(core.db.sql, claim, answer.status, core.secrets.seal(answer.body));
}

/** After an answer that says "not our caller's fault": the same key may try again. */
export async function dropClaim(core: Pick<Core, 'db'>, claim: Claim): Promise<void> {
  await releaseClaim(core.db.sql, claim);
}
