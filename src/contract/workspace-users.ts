import Type, { type Static } from 'typebox';
import { Id, Nullable, Time } from './common.ts';

/** A user of a Google Workspace, as whom an account sends. */
export const WorkspaceUser = Type.Object({
  id: Id,
  email: Type.String(),
  name: Type.String(),
  state: Type.String({
    enum: ['active', 'paused', 'suspended', 'gone'],
    description:
      'paused: by people; suspended: by the directory, or by what Gmail said of him; gone: the directory does not have him any more',
  }),
  limitPerDay: Type.Integer({ description: 'In rolling 24 hours' }),
  hasOwnLimit: Type.Boolean({ description: 'False: the limit is that of the account, limits.perUserPerDay' }),
  usedHour: Type.Integer(),
  usedDay: Type.Integer(),
  restsUntil: Nullable(Type.String({ format: 'date-time', description: 'Sends nothing before that' })),
  lastError: Nullable(Type.String({ description: 'What Gmail said' })),
  lastErrorAt: Nullable(Time),
});
export type WorkspaceUser = Static<typeof WorkspaceUser>;

/** `PATCH /api/accounts/{id}/users/{userId}` */
export const WorkspaceUserChange = Type.Object(
  {
    limitPerDay: Nullable(Type.Integer({ minimum: 1, maximum: 10_000, description: 'null: as the account says' })),
  },
  { additionalProperties: false },
);
export type WorkspaceUserChange = Static<typeof WorkspaceUserChange>;

export const WorkspaceUserParams = Type.Object({ id: Id, userId: Id });

/** `POST /api/accounts/{id}/users/sync` */
export const WorkspaceUserCounts = Type.Object({
  active: Type.Integer(),
  paused: Type.Integer(),
  suspended: Type.Integer(),
  gone: Type.Integer(),
});
export type WorkspaceUserCounts = Static<typeof WorkspaceUserCounts>;
