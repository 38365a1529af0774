import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import {
  LIMITED_OPERATIONS,
  RateLimitCheck,
  RateLimitQuery,
  RateLimitReset,
  RateLimitStatus,
  RateLimitStatuses,
} from '../../contract/rate-limits.ts';
import { type RateLimits, subjectOf, subjectsOf } from '../../core/rate-limits.ts';
import { retryAfterSeconds } from '../rate-limits.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['queue'];

/** Limits of what the caller asks of the API: how they stand, and counting on behalf of a program of one's own. */
export function rateLimitRoutes(limits: RateLimits): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/queue/rate-limit',
      {
        config: { role: 'viewer' },
        schema: {
          tags,
          summary: "Where the caller's limits stand; with operation, one of them",
          querystring: RateLimitQuery,
          response: { 200: Type.Union([RateLimitStatuses, RateLimitStatus]) },
        },
      },
      async (request) => {
        const subject = subjectOf(callerOf(request));
        const { operation } = request.query;
        if (operation !== undefined) return limits.status(subject, operation);
        return { items: await Promise.all(LIMITED_OPERATIONS.map((each) => limits.status(subject, each))) };
      },
    );

    app.post(
      '/queue/rate-limit',
      {
        config: { role: 'editor', changes: false },
        schema: {
          tags,
          summary: 'Count operations if they are allowed; allowed: false and Retry-After when they are not',
          body: RateLimitCheck,
          response: { 200: RateLimitStatus },
        },
      },
      async (request, reply) => {
        const { operation, cost } = request.body;
        const status = await limits.check(subjectOf(callerOf(request)), operation, cost ?? 1);
        if (!status.allowed) reply.header('retry-after', retryAfterSeconds(status));
        return status;
      },
    );

    app.delete(
      '/queue/rate-limit',
      {
        config: { role: 'admin' },
        schema: {
          tags,
          summary: "Begin the caller's windows anew, or those of a user or an API key; without operation, all of them",
          querystring: RateLimitReset,
          response: nothing,
        },
      },
      async (request, reply) => {
        const { operation, ...whose } = request.query;
        const operations = operation === undefined ? LIMITED_OPERATIONS : [operation];
        const subjects = subjectsOf(callerOf(request), whose);
        await Promise.all(subjects.flatMap((subject) => operations.map((each) => limits.reset(subject, each))));
        return reply.code(204).send(null);
      },
    );
  };
}
