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
