import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';

export const ImportMode = Type.Union([Type.Literal('merge'), Type.Literal('overwrite'), Type.Literal('skip')], {
  description:
    'Of contacts that exist. merge: take what is not empty · overwrite: also empty ones, of the columns there are · skip: leave them',
});
export type ImportMode = Static<typeof ImportMode>;

/** One person of a JSON import: an address and any fields; `attributes` may hold more of them. */
const Lead = Type.Object({ email: Type.String({ maxLength: 1000 }) }, { additionalProperties: true });

/** `POST /api/queue/leads/import` with JSON */
export const ImportLeadsBody = Type.Object(
  {
    leads: Type.Array(Lead, { minItems: 1, maxItems: 1_000_000 }),
    listId: Type.Optional(Id),
    listName: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Made when there is none' })),
    mode: Type.Optional(ImportMode),
  },
  { additionalProperties: false },
);
export type ImportLeadsBody = Static<typeof ImportLeadsBody>;

export const ImportQueued = Type.Object({ importId: Id, status: Type.Literal('queued') });

export const ImportQuery = Type.Object({ importId: Id });

export const ImportStatus = Type.Object({
  importId: Id,
  state: Type.String({ enum: ['waiting', 'active', 'completed', 'failed', 'cancelled'] }),
  progress: Type.Number({ minimum: 0, maximum: 100 }),
  total: Type.Integer({ description: 'Rows; of a file, those read so far' }),
  counts: Type.Object(
    {
      inserted: Type.Integer(),
      updated: Type.Integer(),
      skipped: Type.Integer(),
      invalid: Type.Integer(),
      duplicate: Type.Integer(),
    },
    { description: 'They add up to the rows read' },
  ),
  mode: Type.String(),
  listId: Nullable(Id),
  filename: Nullable(Type.String()),
  error: Nullable(Type.String({ description: 'failed: why, with the row' })),
  rejectsUrl: Type.Optional(Type.String({ description: 'The rows that were refused' })),
  createdAt: Time,
  startedAt: Nullable(Time),
  finishedAt: Nullable(Time),
});
export type ImportStatus = Static<typeof ImportStatus>;

/** A row that was refused. */
export const ImportReject = Type.Object({
  row: Type.Integer({ description: 'Counted from 1, without the header' }),
  field: Nullable(Type.String()),
  value: Nullable(Type.String()),
  reason: Type.String(),
});
export type ImportReject = Static<typeof ImportReject>;
