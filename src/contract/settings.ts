import Type, { type Static } from 'typebox';
import { DomainLimits } from './accounts.ts';
import { AlertSettings, AlertSettingsChange } from './alerts.ts';
import { QuietHours, Retry, Tracking } from './campaign-options.ts';
import { Nullable } from './common.ts';
import { RateLimitBuffer, RateLimits, WorkerLimits } from './rate-limits.ts';

const closed = { additionalProperties: false } as const;

/** The workspace's defaults. `PATCH /api/settings` changes what it names; null goes back to the built-in default. */
export const Settings = Type.Object({
  name: Type.String(),
  from: Nullable(Type.String()),
  retry: Nullable(Retry),
  tracking: Nullable(Tracking),
  timezone: Nullable(Type.String()),
  quietHours: Nullable(QuietHours),
  domainLimits: Nullable(DomainLimits),
  rateLimits: Nullable(RateLimits),
  workerLimits: Nullable(WorkerLimits),
  rateLimitBuffer: Nullable(RateLimitBuffer),
  alerts: Nullable(AlertSettings),
  requireSecondFactor: Nullable(Type.Boolean()),
  auditDays: Nullable(Type.Integer()),
});
export type Settings = Static<typeof Settings>;

export const SettingsChange = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    from: Type.Optional(Nullable(Type.String({ maxLength: 500, description: 'Name <a@b>' }))),
    retry: Type.Optional(Nullable(Retry)),
    tracking: Type.Optional(Nullable(Tracking)),
    timezone: Type.Optional(
      Nullable(
        Type.String({
          maxLength: 100,
          description: 'IANA name; also of recipients who name none or one that does not exist',
        }),
      ),
    ),
    quietHours: Type.Optional(Nullable(QuietHours)),
    domainLimits: Type.Optional(Nullable(DomainLimits)),
    rateLimits: Type.Optional(Nullable(RateLimits)),
    workerLimits: Type.Optional(Nullable(WorkerLimits)),
    rateLimitBuffer: Type.Optional(Nullable(RateLimitBuffer)),
    alerts: Type.Optional(Nullable(AlertSettingsChange)),
    requireSecondFactor: Type.Optional(
      Nullable(
        Type.Boolean({ description: 'Whoever has no second factor can do nothing but set one up. API keys go on' }),
      ),
    ),
    auditDays: Type.Optional(
      Nullable(Type.Integer({ minimum: 30, maximum: 3650, description: 'How long the audit log is kept; 400' })),
    ),
  },
  closed,
);
export type SettingsChange = Static<typeof SettingsChange>;
