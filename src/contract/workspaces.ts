import Type, { type Static } from 'typebox';
import { Id, Time } from './common.ts';

export const Workspace = Type.Object({
  id: Id,
  name: Type.String(),
  role: Type.String({ description: "The caller's in it" }),
  current: Type.Boolean(),
});
export type Workspace = Static<typeof Workspace>;
export const Workspaces = Type.Object({ items: Type.Array(Workspace) });

/** `POST /api/workspaces` */
export const NewWorkspace = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 200 }) },
  { additionalProperties: false },
);
export const CreatedWorkspace = Type.Object({ ...Workspace.properties, createdAt: Time });
