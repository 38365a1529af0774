import Type, { type Static } from 'typebox';
import { Nullable } from './common.ts';

const closed = { additionalProperties: false } as const;

const Retry = Type.Object(
  {
    delaysSeconds: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 604_800 }), { minItems: 1, maxItems: 20 }),
    ),
    maxAgeSeconds: Type.Optional(Type.Integer({ minimum: 60, maximum: 1_209_600 })),
  },
  closed,
);
const Tracking = Type.Object({ opens: Type.Optional(Type.Boolean()), clicks: Type.Optional(Type.Boolean()) }, closed);

/** The workspace's defaults. `PATCH /api/settings` changes what it names; null goes back to the built-in default. */
export const Settings = Type.Object({
  name: Type.String(),
  from: Nullable(Type.String()),
  retry: Nullable(Retry),
  tracking: Nullable(Tracking),
  timezone: Nullable(Type.String()),
});
export type Settings = Static<typeof Settings>;

export const SettingsChange = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    from: Type.Optional(Nullable(Type.String({ maxLength: 500, description: 'Name <a@b>' }))),
    retry: Type.Optional(Nullable(Retry)),
    tracking: Type.Optional(Nullable(Tracking)),
    timezone: Type.Optional(Nullable(Type.String({ maxLength: 100, description: 'IANA name' }))),
  },
  closed,
);
export type SettingsChange = Static<typeof SettingsChange>;
