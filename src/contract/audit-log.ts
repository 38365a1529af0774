import Type, { type Static } from 'typebox';
import { Id, Nullable, PageQuery, Time } from './common.ts';

/** Who did what, and to which thing. */
export const AuditEntry = Type.Object({
  id: Id,
  at: Time,
  actor: Type.Object({
    kind: Type.Union([Type.Literal('user'), Type.Literal('key'), Type.Literal('system')]),
    id: Nullable(Id),
    name: Nullable(Type.String({ description: 'As it was then' })),
  }),
  action: Type.String({ description: 'noun.verb, such as campaign.paused' }),
  object: Type.Object({
    kind: Nullable(Type.String()),
    id: Nullable(Type.String()),
    name: Nullable(Type.String()),
  }),
  detail: Type.Record(Type.String(), Type.Unknown(), {
    description: 'Names of changed fields, a reason; never a secret',
  }),
  address: Nullable(Type.String()),
  requestId: Nullable(Type.String()),
});
export type AuditEntry = Static<typeof AuditEntry>;

export const AuditQuery = Type.Object({
  limit: PageQuery.properties.limit,
  cursor: PageQuery.properties.cursor,
  who: Type.Optional(Type.String({ maxLength: 200, description: 'user, key or system, an id, or a part of a name' })),
  what: Type.Optional(Type.String({ maxLength: 100, description: 'An action, or the noun before its dot' })),
  object: Type.Optional(
    Type.String({ maxLength: 200, description: 'A kind such as campaign, an id, or a part of a name' }),
  ),
  since: Type.Optional(Time),
  until: Type.Optional(Time),
  format: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('csv')], { default: 'json' })),
});
export type AuditQuery = Static<typeof AuditQuery>;
