import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';

const closed = { additionalProperties: false } as const;

const Type_ = Type.Enum(['smtp', 'resend', 'ses', 'sendgrid', 'mailgun', 'postmark', 'gmail'], {
  description:
    'How mail leaves: over SMTP, or over the API of a provider. gmail: as the users of a Google Workspace, by a service account',
});
const Preset = Type.Enum(['gmail-personal', 'gmail-workspace', 'dedicated'], {
  description: 'Fills in what is not given: server, batches and limits',
});
const Secure = Type.Enum(['starttls', 'tls', 'none']);
const Limit = Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })));
const Limits = Type.Object(
  {
    perSecond: Limit,
    perMinute: Limit,
    perHour: Limit,
    perDay: Limit,
    perUserPerDay: Type.Optional(
      Nullable(
        Type.Integer({
          minimum: 1,
          maximum: 10_000,
          description: 'gmail: of each user, in rolling 24 hours; by default 2,000. A Workspace on trial allows 500',
        }),
      ),
    ),
  },
  closed,
);

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
  username: Type.Optional(
    Nullable(Type.String({ maxLength: 320, description: 'Of SMTP; of ses the access key id. Never read back' })),
  ),
  password: Type.Optional(
    Nullable(
      Type.String({
        maxLength: 1000,
        description:
          'Of SMTP; of a provider the API key (of ses the secret access key, of postmark the server token). Never read back, and needed anew when the account is to lead somewhere else',
      }),
    ),
  ),
  region: Type.Optional(
    Nullable(Type.String({ pattern: '^[a-z0-9-]{2,30}$', description: 'ses: eu-west-1; mailgun: us or eu' })),
  ),
  domain: Type.Optional(
    Nullable(Type.String({ pattern: '^[A-Za-z0-9.-]{1,253}$', description: 'mailgun: the sending domain' })),
  ),
  stream: Type.Optional(
    Nullable(
      Type.String({
        pattern: '^[A-Za-z0-9_-]{1,100}$',
        description: 'postmark: the message stream, by default broadcast',
      }),
    ),
  ),
  endpoint: Type.Optional(
    Nullable(
      Type.String({
        maxLength: 500,
        description:
          'Of a provider (of smtp with xoauth2, its token endpoint): a base address instead of its own, with https (http on this machine only)',
      }),
    ),
  ),
  webhookSecret: Type.Optional(
    Nullable(
      Type.String({
        minLength: 16,
        maxLength: 2000,
        description:
          'What webhooks of the provider are checked with: resend the signing secret (whsec_…), sendgrid the verification key, mailgun the HTTP webhook signing key, postmark a password of your own (24 characters or more), smtp a whsec_ secret of your own. Never read back',
      }),
    ),
  ),
  webhookTopic: Type.Optional(
    Nullable(
      Type.String({
        maxLength: 300,
        description: 'ses: ARN of the Amazon SNS topic that its events come by; no other topic is heard or confirmed',
      }),
    ),
  ),
  adminEmail: Type.Optional(
    Nullable(
      Type.String({
        maxLength: 320,
        description: 'gmail: an administrator of the Workspace, as whom the users are read from its directory',
      }),
    ),
  ),
  serviceAccountKey: Type.Optional(
    Nullable(
      Type.String({
        maxLength: 20_000,
        description:
          'gmail, and smtp with auth xoauth2: the JSON file of a service account’s key, as text. Never read back',
      }),
    ),
  ),
  auth: Type.Optional(
    Type.Enum(['password', 'xoauth2'], {
      description: 'smtp: xoauth2 logs in with access tokens, made from a serviceAccountKey or from oauth',
    }),
  ),
  oauth: Type.Optional(
    Nullable(
      Type.Object(
        {
          provider: Type.Enum(['google', 'microsoft']),
          tenant: Type.Optional(
            Type.String({
              pattern: '^[A-Za-z0-9.-]{1,100}$',
              description: 'microsoft: id or domain of the directory, by default common',
            }),
          ),
          clientId: Type.String({ minLength: 1, maxLength: 300 }),
          clientSecret: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'Never read back' })),
          refreshToken: Type.String({ minLength: 1, maxLength: 5000, description: 'Never read back' }),
        },
        { ...closed, description: 'smtp with auth xoauth2: what access tokens are made from' },
      ),
    ),
  ),
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
    Type.Integer({
      minimum: 1,
      maximum: 1000,
      description: 'By default 10; 3 for an account of a serverGroup; of gmail 2, for each user',
    }),
  ),
  maxMessagesPerConnection: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, description: '0: no limit' })),
  timeoutMs: Type.Optional(Type.Integer({ minimum: 1000, maximum: 600_000 })),
  batchSize: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1000,
      description: 'Emails in parallel; of resend and postmark, in one request',
    }),
  ),
  batchDelayMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000, description: 'Pause between batches' })),
  limits: Type.Optional(Limits),
  domainLimits: Type.Optional(DomainLimits),
  warmup: Type.Optional(
    Nullable(
      Type.Object(
        {
          startPerDay: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'By default 50' })),
          growthPercent: Type.Optional(
            Type.Number({ minimum: 1, maximum: 300, description: 'A day, over the day before; by default 30' }),
          ),
          targetPerDay: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 100_000_000,
              description:
                'Where it ends; stays the limit of the day until the warm-up is taken away; by default 10,000',
            }),
          ),
          startedAt: Type.Optional(Time),
        },
        {
          ...closed,
          description:
            'A slow beginning: a limit per day, by rolling 24 hours, that grows. What is left out is as usual; null takes it away',
        },
      ),
    ),
  ),
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
  region: Nullable(Type.String()),
  domain: Nullable(Type.String()),
  stream: Nullable(Type.String()),
  endpoint: Nullable(Type.String()),
  adminEmail: Nullable(Type.String()),
  auth: Type.String({ enum: ['password', 'xoauth2'] }),
  oauth: Nullable(
    Type.Object(
      {
        provider: Type.Optional(Type.String()),
        tenant: Type.Optional(Type.String()),
        clientId: Type.String(),
        clientEmail: Type.Optional(Type.String({ description: 'Of a service account' })),
      },
      { description: 'Of a login with tokens, what is no secret' },
    ),
  ),
  users: Nullable(
    Type.Object(
      {
        syncedAt: Nullable(Time),
        error: Nullable(Type.String({ description: 'What went wrong when the directory was read last' })),
      },
      { description: 'gmail: when its users were last read from the directory' },
    ),
  ),
  hasCredentials: Type.Boolean(),
  webhook: Nullable(
    Type.Object({
      url: Type.String({ description: 'Where the provider is to send its events, with POST' }),
      hasSecret: Type.Boolean({ description: 'Without a secret (ses: without a topic) nothing is taken' }),
      topic: Nullable(Type.String()),
    }),
  ),
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
    perUserPerDay: Nullable(Type.Integer()),
  }),
  domainLimits: DomainLimits,
  warmup: Nullable(
    Type.Object({
      startPerDay: Type.Integer(),
      growthPercent: Type.Number(),
      targetPerDay: Type.Integer(),
      startedAt: Time,
      day: Type.Integer({ description: 'From 1 on' }),
      todayPerDay: Type.Integer({
        description: 'What it allows in 24 hours now; a lower limit of the account still holds',
      }),
      isDone: Type.Boolean({ description: 'The target is reached' }),
    }),
  ),
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
