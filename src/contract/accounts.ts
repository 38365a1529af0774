import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';

const closed = { additionalProperties: false } as const;

const Type_ = Type.Enum(['smtp', 'resend', 'ses', 'sendgrid', 'mailgun', 'postmark', 'gmail'], {
  description: 'Only smtp can send so far',
});
const Preset = Type.Enum(['gmail-personal', 'gmail-workspace', 'dedicated'], {
  description: 'Fills in what is not given: server, batches and limits',
});
const Secure = Type.Enum(['starttls', 'tls', 'none']);
const Limit = Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })));
const Limits = Type.Object({ perSecond: Limit, perMinute: Limit, perHour: Limit, perDay: Limit }, closed);

/** How much mail a recipient domain may get: of an account, or (in the settings) of the whole workspace. */
export const DomainLimits = Type.Array(
  Type.Object(
    {
      domain: Type.String({
        minLength: 1,
        maxLength: 253,
        description: 'example.com; subdomains are domains of their own',
      }),
      perSecond: Limit,
      perMinute: Limit,
      perHour: Limit,
      perDay: Limit,
    },
    closed,
  ),
  { maxItems: 1000 },
);
export type DomainLimits = Static<typeof DomainLimits>;

const settings = {
  host: Type.Optional(Type.String({ minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9._:-]+$' })),
  port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
  secure: Type.Optional(Secure),
  username: Type.Optional(Nullable(Type.String({ maxLength: 320, description: 'Never read back' }))),
  password: Type.Optional(Nullable(Type.String({ maxLength: 1000, description: 'Never read back' }))),
  serverGroup: Type.Optional(
    Nullable(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description:
          'Accounts of one group are one server: together they open, over all workers, as many connections as the account with the largest maxConnections has',
      }),
    ),
  ),
  weight: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Share of the work among accounts' })),
  from: Type.Optional(Nullable(Type.String({ maxLength: 500, description: 'Name <a@b>' }))),
  maxConnections: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, description: 'By default 10; 3 for an account of a serverGroup' }),
  ),
  maxMessagesPerConnection: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, description: '0: no limit' })),
  timeoutMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: 600_000 })),
  batchSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Emails in parallel' })),
  batchDelayMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000, description: 'Pause between batches' })),
  limits: Type.Optional(Limits),
  domainLimits: Type.Optional(DomainLimits),
};
const Name = Type.String({ minLength: 1, maxLength: 200 });

/** `POST /api/accounts` */
export const NewAccount = Type.Object({ name: Name, type: Type_, preset: Type.Optional(Preset), ...settings }, closed);
export type NewAccount = Static<typeof NewAccount>;

/** `PATCH /api/accounts/{id}` */
export const AccountChange = Type.Object({ name: Type.Optional(Name), ...settings }, closed);
export type AccountChange = Static<typeof AccountChange>;

/** What its server has said and done lately. */
export const AccountHealth = Type.Object({
  state: Type.String({
    enum: ['ok', 'reduced', 'paused', 'unreachable'],
    description:
      'reduced: its server asked to slow down, and its rate grows again; paused: nothing is sent before `until`; unreachable: from `until` on one message tries its server',
  }),
  message: Nullable(Type.String({ description: 'In words, with what the server said' })),
  until: Nullable(Time),
  ratePerMinute: Nullable(Type.Number({ description: 'What its rate is reduced to at the moment' })),
});
export type AccountHealth = Static<typeof AccountHealth>;

export const Account = Type.Object({
  id: Id,
  name: Type.String(),
  type: Type.String(),
  preset: Nullable(Type.String()),
  host: Nullable(Type.String()),
  port: Nullable(Type.Integer()),
  secure: Type.String(),
  hasCredentials: Type.Boolean(),
  serverGroup: Nullable(Type.String()),
  weight: Type.Integer(),
  from: Nullable(Type.String()),
  maxConnections: Type.Integer(),
  maxMessagesPerConnection: Type.Integer(),
  timeoutMs: Type.Integer(),
  batchSize: Type.Integer(),
  batchDelayMs: Type.Integer(),
  limits: Type.Object({
    perSecond: Nullable(Type.Integer()),
    perMinute: Nullable(Type.Integer()),
    perHour: Nullable(Type.Integer()),
    perDay: Nullable(Type.Integer()),
  }),
  domainLimits: DomainLimits,
  state: Type.String({ enum: ['active', 'paused', 'disabled'] }),
  stateReason: Nullable(Type.String()),
  health: AccountHealth,
  isSandbox: Type.Boolean({ description: 'The built-in mailbox: its mail stays on this machine' }),
  createdAt: Time,
  updatedAt: Time,
});
export type Account = Static<typeof Account>;

/** `POST /api/accounts/check`: what is left out comes from the account of this id. */
export const AccountTrial = Type.Object(
  {
    id: Type.Optional(Id),
    name: Type.Optional(Name),
    type: Type.Optional(Type_),
    preset: Type.Optional(Preset),
    ...settings,
  },
  closed,
);
export type AccountTrial = Static<typeof AccountTrial>;

/** `GET /api/accounts/use`: by rolling windows, with what is in hand. */
export const AccountUse = Type.Object({
  accountId: Id,
  usedSecond: Type.Integer(),
  usedMinute: Type.Integer(),
  usedHour: Type.Integer(),
  usedDay: Type.Integer(),
});
export type AccountUse = Static<typeof AccountUse>;
export const AccountUses = Type.Object({ items: Type.Array(AccountUse) });
export type AccountUses = Static<typeof AccountUses>;

/** `POST /api/accounts/{id}/test` */
export const AccountTest = Type.Object(
  {
    to: Type.String({ minLength: 3, maxLength: 320 }),
    from: Type.Optional(
      Type.String({ maxLength: 500, description: 'Name <a@b>; by default the account’s, else the workspace’s' }),
    ),
  },
  closed,
);
export type AccountTest = Static<typeof AccountTest>;

export const AccountTestResult = Type.Object({
  email: Type.String(),
  sent: Type.Boolean(),
  response: Type.String({ description: 'What the server said' }),
});
export type AccountTestResult = Static<typeof AccountTestResult>;

/** `POST /api/accounts/{id}/verify`, `POST /api/accounts/check` */
export const AccountReport = Type.Object({
  ok: Type.Boolean(),
  stage: Type.String({ description: 'How far it got; ready when all went well' }),
  greeting: Type.Optional(Type.String()),
  extensions: Type.Array(Type.String()),
  tls: Type.Optional(Type.Object({ protocol: Type.String(), cipher: Type.String() })),
  authenticated: Type.Boolean(),
  message: Type.String(),
  steps: Type.Array(
    Type.Object({
      step: Type.String({ enum: ['dns', 'connect', 'tls', 'hello', 'login'] }),
      state: Type.String({ enum: ['ok', 'failed', 'skipped'], description: 'skipped: not asked for, or not got to' }),
      answer: Nullable(Type.String({ description: 'Addresses, greeting, cipher, what the server said' })),
    }),
    { description: 'In the order of a connection' },
  ),
});
export type AccountReport = Static<typeof AccountReport>;
