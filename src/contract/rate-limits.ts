import Type, { type Static } from 'typebox';
import { Nullable } from './common.ts';

const closed = { additionalProperties: false } as const;

/** What is counted: imports and sends by themselves, and every request as `api`. */
export const LIMITED_OPERATIONS = ['leads-import', 'email-sending', 'api'] as const;
export type LimitedOperation = (typeof LIMITED_OPERATIONS)[number];
const Operation = Type.Enum([...LIMITED_OPERATIONS]);

/** Of one operation, for each user and each API key; what is left out stays as it is built in. */
const Allowance = (least: number) =>
  Type.Optional(
    Type.Object(
      {
        limit: Type.Optional(Type.Integer({ minimum: least, maximum: 1_000_000, description: 'In every window' })),
        windowSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 3600 })),
        burst: Type.Optional(
          Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'More than that, once in ten windows' }),
        ),
      },
      closed,
    ),
  );

/** `api` has a least, so that nobody locks a workspace out of its own settings. */
export const RateLimits = Type.Object(
  { 'leads-import': Allowance(1), 'email-sending': Allowance(1), api: Allowance(10) },
  closed,
);
export type RateLimits = Static<typeof RateLimits>;

const WorkerLimit = Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })));

/** Messages that one worker sends for the workspace in any minute and any hour; left out or null is no limit. */
export const WorkerLimits = Type.Object({ perMinute: WorkerLimit, perHour: WorkerLimit }, closed);

export const RateLimitBuffer = Type.Integer({
  minimum: 0,
  maximum: 90,
  description: 'Percent of every limit of every account that is left unused',
});

/** Where a caller stands with one operation. */
export const RateLimitStatus = Type.Object({
  operation: Operation,
  allowed: Type.Boolean(),
  limit: Type.Integer({ description: 'In every window, as it is at the moment' }),
  remaining: Type.Integer(),
  resetAt: Type.String({ format: 'date-time', description: 'When the window ends' }),
  retryAfterMs: Type.Integer({ description: '0 when it is allowed' }),
  windowSeconds: Type.Integer(),
  burst: Type.Object({
    limit: Type.Integer({ description: 'What may go above the limit, once in ten windows' }),
    remaining: Type.Integer(),
  }),
  factor: Type.Number({ description: '1, or less while the server is under load: the share of the limits that holds' }),
  reason: Nullable(Type.String({ description: 'Why the factor is below 1' })),
});
export type RateLimitStatus = Static<typeof RateLimitStatus>;

export const RateLimitStatuses = Type.Object({ items: Type.Array(RateLimitStatus) });

export const RateLimitQuery = Type.Object({ operation: Type.Optional(Operation) });

export const RateLimitCheck = Type.Object(
  {
    operation: Operation,
    cost: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 })),
  },
  closed,
);

/** Whose counts are set back: one's own, unless a user or an API key of the workspace is named. */
export const RateLimitReset = Type.Object({
  operation: Type.Optional(Operation),
  userId: Type.Optional(Type.String({ format: 'uuid' })),
  apiKeyId: Type.Optional(Type.String({ format: 'uuid' })),
});
export type RateLimitReset = Static<typeof RateLimitReset>;
