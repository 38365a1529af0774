import Type, { type Static } from 'typebox';
import { DomainLimits } from './accounts.ts';
import { AlertSettings, AlertSettingsChange } from './alerts.ts';
import { QuietHours, Retry, Tracking, Utm } from './campaign-options.ts';
import { Nullable } from './common.ts';
import { RateLimitBuffer, RateLimits, WorkerLimits } from './rate-limits.ts';

const closed = { additionalProperties: false } as const;

const Share = (description: string) => Type.Optional(Type.Number({ minimum: 0.0001, maximum: 1, description }));

/** When campaigns are slowed down or stopped by themselves; what is left out is as usual. */
const Guard = Type.Object(
  {
    enabled: Type.Optional(Type.Boolean({ description: 'By default true' })),
    minimumSent: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Fewer messages say nothing; by default 500' }),
    ),
    slowAtComplaints: Share('Share of what was sent; by default 0.001'),
    stopAtComplaints: Share('By default 0.003'),
    stopAtHardBounces: Share('Addresses that do not exist; by default 0.05'),
  },
  { ...closed, description: 'A stopped campaign is resumed by a person alone' },
);

const AttachmentHosts = Type.Array(
  Type.Object(
    {
      host: Type.String({ maxLength: 253, description: 'files.example.com, or *.example.com for every name below it' }),
      allowPrivateAddresses: Type.Optional(
        Type.Boolean({ description: 'It may lie in your own network, and be asked without TLS' }),
      ),
    },
    closed,
  ),
  { maxItems: 50, description: 'Where campaigns may fetch attachments from; nowhere by default' },
);

/** The workspace's defaults. `PATCH /api/settings` changes what it names; null goes back to the built-in default. */
export const Settings = Type.Object({
  name: Type.String(),
  from: Nullable(Type.String()),
  retry: Nullable(Retry),
  tracking: Nullable(Tracking),
  utm: Nullable(Utm),
  keepClientDetails: Nullable(Type.Boolean()),
  trackingDomain: Nullable(Type.String()),
  trackingDomainCheckedAt: Nullable(
    Type.String({
      description: 'When it was last seen to lead here; null: links go by the address of the installation',
    }),
  ),
  timezone: Nullable(Type.String()),
  quietHours: Nullable(QuietHours),
  domainLimits: Nullable(DomainLimits),
  rateLimits: Nullable(RateLimits),
  workerLimits: Nullable(WorkerLimits),
  rateLimitBuffer: Nullable(RateLimitBuffer),
  guard: Nullable(Guard),
  alerts: Nullable(AlertSettings),
  requireSecondFactor: Nullable(Type.Boolean()),
  auditDays: Nullable(Type.Integer()),
  returnPathDomain: Nullable(Type.String()),
  softBounceDays: Nullable(Type.Integer()),
  attachmentHosts: Nullable(AttachmentHosts),
});
export type Settings = Static<typeof Settings>;

export const SettingsChange = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    from: Type.Optional(Nullable(Type.String({ maxLength: 500, description: 'Name <a@b>' }))),
    retry: Type.Optional(Nullable(Retry)),
    tracking: Type.Optional(Nullable(Tracking)),
    utm: Type.Optional(Nullable(Utm)),
    keepClientDetails: Type.Optional(
      Nullable(
        Type.Boolean({ description: 'Whether opens and clicks keep the IP address and the user agent; by default no' }),
      ),
    ),
    trackingDomain: Type.Optional(
      Nullable(
        Type.String({
          maxLength: 253,
          description:
            'Links and pictures of messages go by this domain, once it leads here: POST /api/settings/tracking-domain/check',
        }),
      ),
    ),
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
    guard: Type.Optional(Nullable(Guard)),
    alerts: Type.Optional(Nullable(AlertSettingsChange)),
    requireSecondFactor: Type.Optional(
      Nullable(
        Type.Boolean({ description: 'Whoever has no second factor can do nothing but set one up. API keys go on' }),
      ),
    ),
    auditDays: Type.Optional(
      Nullable(Type.Integer({ minimum: 30, maximum: 3650, description: 'How long the audit log is kept; 400' })),
    ),
    returnPathDomain: Type.Optional(
      Nullable(
        Type.String({
          maxLength: 200,
          description:
            'Copies leave with a return path of their own below this domain, so that what comes back names its recipient. Its MX must lead to the return-path listener or to a bounce mailbox',
        }),
      ),
    ),
    softBounceDays: Type.Optional(
      Nullable(
        Type.Integer({
          minimum: 0,
          maximum: 30,
          description: 'An address is suppressed after soft bounces on so many days within 30; 5. 0: never',
        }),
      ),
    ),
    attachmentHosts: Type.Optional(Nullable(AttachmentHosts)),
  },
  closed,
);
export type SettingsChange = Static<typeof SettingsChange>;
