import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LimitedOperation, RateLimitStatus } from '../contract/rate-limits.ts';
import { type RateLimits, type Subject, subjectOf } from '../core/rate-limits.ts';
import { AppError } from '../errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a request counts as besides `api`. */
    operation?: LimitedOperation;
  }
  interface FastifyRequest {
    /** The operation it was counted as, besides `api`. */
    operationCounted: RateLimitStatus | null;
  }
}

/**
 * Counts every request of the API against the limits of who makes it, before its body is read. Every answer says how
 * things stand in RateLimit-Limit, -Remaining and -Reset (seconds), as in draft-ietf-httpapi-ratelimit-headers-06: those
 * of the limit that is nearest to its end.
 */
export function limitRequests(app: FastifyInstance, limits: RateLimits): void {
  app.decorateRequest('operationCounted', null);
  app.addHook('onRequest', async (request, reply) => {
    const subject = subjectOfRequest(request);
    const all = await limits.consume(subject, 'api');
    tell(reply, all);
    if (!all.allowed) throw refusal(all);
    const { operation } = request.routeOptions.config;
    if (operation === undefined) return;
    const own = await limits.consume(subject, operation);
    if (own.remaining <= all.remaining || !own.allowed) tell(reply, own);
    if (!own.allowed) throw refusal(own);
    request.operationCounted = own;
  });
  // The answer of an operation that was counted when it was done: given again, it is no other operation.
  app.addHook('onSend', async (request, reply) => {
    const counted = request.operationCounted;
    if (!counted || reply.getHeader('idempotency-replayed') === undefined) return;
    request.operationCounted = null;
    await limits.giveBack(subjectOfRequest(request), counted);
  });
}

/** Who does not say who they are (a login) is counted by address. */
function subjectOfRequest(request: FastifyRequest): Subject {
  return request.caller ? subjectOf(request.caller) : { id: `address:${request.ip}`, workspaceId: null };
}

function tell(reply: FastifyReply, { limit, remaining, resetAt }: RateLimitStatus): void {
  reply.header('ratelimit-limit', limit);
  reply.header('ratelimit-remaining', remaining);
  reply.header('ratelimit-reset', Math.max(0, Math.ceil((Date.parse(resetAt) - Date.now()) / 1000)));
}

/** Seconds for Retry-After: whole ones, and never too early. */
export function retryAfterSeconds({ retryAfterMs }: RateLimitStatus): number {
  return Math.max(1, Math.ceil(retryAfterMs / 1000));
}

const WORDS: Readonly<Record<LimitedOperation, string>> = {
  api: 'requests',
  'leads-import': 'imports',
  'email-sending': 'campaigns sent',
};

function refusal(status: RateLimitStatus): AppError {
  const seconds = retryAfterSeconds(status);
  const { operation, limit, windowSeconds, reason } = status;
  const why = reason ? `, less than usual because ${reason}` : '';
  return new AppError(
    'RATE_LIMITED',
    `Too many ${WORDS[operation]}: at most ${limit} in ${windowSeconds} seconds for each user and API key${why}. Nothing was done. Try again in ${seconds} seconds, or have an administrator raise rateLimits in PATCH /api/settings.`,
    { retryAfterSeconds: seconds },
  );
}
