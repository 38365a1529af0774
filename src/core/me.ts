import type { Me } from '../contract/auth.ts';
import { countFactors } from '../db/second-factors.ts';
import { findUser, listMemberships } from '../db/users.ts';
import { getWorkspace } from '../db/workspaces.ts';
import type { Caller, Core } from './context.ts';
import { isOperator } from './operators.ts';
import { isEnrolled } from './second-factors.ts';

const NOTHING = { totp: false, passkeys: 0, recoveryCodes: 0 };

/** Who the caller is: a person, or nobody in particular with an API key. */
export async function describeCaller(core: Pick<Core, 'db'>, caller: Caller): Promise<Me> {
  const { id, name, settings, setUpAt } = await getWorkspace(core.db.sql, caller.workspaceId);
  const { userId } = caller;
  const user = userId === null ? null : await findUser(core.db.sql, userId);
  const memberships = user ? await listMemberships(core.db.sql, user.id) : [];
  const factors = user ? await countFactors(core.db.sql, user.id) : NOTHING;
  const required = (settings as { requireSecondFactor?: boolean }).requireSecondFactor === true;
  const enrolled = isEnrolled(factors);
  return {
    user: user && { id: user.id, email: user.email, name: user.name, hasPassword: user.passwordHash !== null },
    role: caller.role,
    operator: await isOperator(core, caller),
    scopes: caller.scopes ? [...caller.scopes] : null,
    workspace: { id, name },
    workspaces: user
      ? memberships.map((each) => ({ id: each.workspaceId, name: each.workspaceName, role: each.role }))
      : [{ id, name, role: caller.role }],
    setupDone: setUpAt !== null,
    secondFactor: { required, enrolled, due: required && !enrolled && user !== null, ...factors },
  };
}
