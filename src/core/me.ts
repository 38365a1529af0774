import type { Me } from '../contract/auth.ts';
import { findMember } from '../db/users.ts';
import { getWorkspace } from '../db/workspaces.ts';
import type { Caller, Core } from './context.ts';

/** Who the caller is: a person, or nobody in particular with an API key. */
export async function describeCaller(core: Pick<Core, 'db'>, caller: Caller): Promise<Me> {
  const { id, name } = await getWorkspace(core.db.sql, caller.workspaceId);
  const member = caller.userId === null ? null : await findMember(core.db.sql, caller.workspaceId, caller.userId);
  const user = member && { id: member.id, email: member.email, name: member.name };
  return { user, role: caller.role, workspace: { id, name } };
}
