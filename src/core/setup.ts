import type { SetupBody } from '../contract/setup.ts';
import { inTransaction } from '../db/database.ts';
import { deleteSessionsOf } from '../db/sessions.ts';
import { updateUser } from '../db/users.ts';
import { findFirstWorkspace, lockWorkspace, markSetUp, updateWorkspace } from '../db/workspaces.ts';
import { AppError } from '../errors.ts';
import { checkTimezone } from './campaign-schedule.ts';
import type { Core, Person } from './context.ts';
import { hashPassword } from './passwords.ts';
import { rotateSession } from './sessions.ts';
import { readAccountEmail } from './users.ts';

/** Whether the first owner of this installation has been made ready. */
export async function isSetUp(core: Pick<Core, 'db'>): Promise<boolean> {
  const first = await findFirstWorkspace(core.db.sql);
  return first !== null && first.setUpAt !== null;
}

/** Once: whoever came by the link of the first start says who they are and names the workspace. Answers the session's new token. */
export async function setUp(core: Pick<Core, 'db'>, person: Person, body: SetupBody): Promise<string> {
  const { email, emailKey } = readAccountEmail(body.email);
  if (body.timezone !== undefined) checkTimezone(body.timezone, 'timezone', 'refused');
  const name = body.name.trim();
  const passwordHash = await hashPassword(body.password, [email, name, body.workspaceName]);
  return inTransaction(core.db.sql, async (tx) => {
    if (!(await markSetUp(tx, person.workspaceId)))
      throw new AppError('SETUP_DONE', 'The set-up was finished before. Nothing was changed.');
    if (!(await updateUser(tx, person.userId, { email, emailKey, name, passwordHash })))
      throw new AppError('NAME_TAKEN', `There is an account for ${email} already. Nothing was changed.`);
    const { settings } = await lockWorkspace(tx, person.workspaceId);
    const timezone = body.timezone === undefined ? {} : { timezone: body.timezone };
    await updateWorkspace(tx, person.workspaceId, {
      name: body.workspaceName.trim(),
      settings: { ...(settings as object), ...timezone },
    });
    await deleteSessionsOf(tx, person.userId, person.sessionId);
    return rotateSession(tx, person);
  });
}
