import type { Static } from 'typebox';
import type { CreatedWorkspace, Workspace } from '../contract/workspaces.ts';
import { inTransaction } from '../db/database.ts';
import { insertMembership, listMemberships } from '../db/users.ts';
import { getWorkspace, insertWorkspace } from '../db/workspaces.ts';
import { AppError } from '../errors.ts';
import { type Caller, type Core, personOf } from './context.ts';

/** Those of a person; of an API key its own. */
export async function listWorkspaces(core: Pick<Core, 'db'>, caller: Caller): Promise<Workspace[]> {
  const { workspaceId: current, userId, role } = caller;
  if (userId === null) {
    const { id, name } = await getWorkspace(core.db.sql, current);
    return [{ id, name, role, current: true }];
  }
  const memberships = await listMemberships(core.db.sql, userId);
  return memberships.map(({ workspaceId: id, workspaceName: name, role: own }) => ({
    id,
    name,
    role: own,
    current: id === current,
  }));
}

/** An owner of any workspace makes another, and owns it. */
export async function createWorkspace(
  core: Pick<Core, 'db'>,
  caller: Caller,
  { name }: { readonly name: string },
): Promise<Static<typeof CreatedWorkspace>> {
  const { userId } = personOf(caller);
  const memberships = await listMemberships(core.db.sql, userId);
  if (!memberships.some(({ role }) => role === 'owner')) {
    throw new AppError('FORBIDDEN', 'Only an owner of a workspace can make another. Nothing was done.');
  }
  const row = await inTransaction(core.db.sql, async (tx) => {
    const made = await insertWorkspace(tx, name.trim(), true);
    await insertMembership(tx, { workspaceId: made.id, userId, role: 'owner' });
    return made;
  });
  return { id: row.id, name: row.name, role: 'owner', current: false, createdAt: row.createdAt.toISOString() };
}
