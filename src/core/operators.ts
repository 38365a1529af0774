import { findFirstWorkspace } from '../db/workspaces.ts';
import { type Caller, type Core, hasRole } from './context.ts';

/**
 * Workers and queues belong to the installation, not to a workspace: whoever pauses a queue pauses it for everybody. So
 * that is for administrators of the first workspace, the one the installation was set up with.
 */
export async function isOperator(core: Pick<Core, 'db'>, caller: Caller): Promise<boolean> {
  if (!hasRole(caller, 'admin')) return false;
  return (await findFirstWorkspace(core.db.sql))?.id === caller.workspaceId;
}
