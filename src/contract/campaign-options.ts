import Type, { type Static } from 'typebox';

const closed = { additionalProperties: false } as const;

/** What a campaign may set, and the workspace for those that do not. */
export const Retry = Type.Object(
  {
    delaysSeconds: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 604_800 }), {
        minItems: 1,
        maxItems: 20,
        description:
          'Pause before each further attempt; as many attempts as pauses. Greylisting always gets 5 to 30 minutes',
      }),
    ),
    maxAgeSeconds: Type.Optional(
      Type.Integer({
        minimum: 60,
        maximum: 1_209_600,
        description: 'A recipient that could not be reached this long after it was first put off fails',
      }),
    ),
  },
  closed,
);

export const Tracking = Type.Object(
  { opens: Type.Optional(Type.Boolean()), clicks: Type.Optional(Type.Boolean()) },
  closed,
);

const Parameter = Type.Optional(Type.String({ maxLength: 200 }));

export const Utm = Type.Object(
  {
    source: Parameter,
    medium: Parameter,
    campaign: Parameter,
    content: Parameter,
    term: Parameter,
    domains: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 253 }), {
        maxItems: 50,
        description: 'Only links to these domains and what is below them; by default all',
      }),
    ),
  },
  {
    ...closed,
    description:
      'Appended to links of the HTML as utm_source and so on; parameters a link has already stay as they are. {{variant}} is the name of the variant, of a campaign that has some',
  },
);

const TimeOfDay = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'HH:MM' });

export const QuietHours = Type.Object(
  {
    from: TimeOfDay,
    to: TimeOfDay,
    timezone: Type.Optional(
      Type.String({
        maxLength: 100,
        description: 'An IANA name, or "recipient": each by their own clock. Default: the timezone of the campaign',
      }),
    ),
  },
  {
    ...closed,
    description: 'A time of day in which nobody is sent anything; over midnight when `to` is earlier than `from`',
  },
);
export type QuietHours = Static<typeof QuietHours>;
