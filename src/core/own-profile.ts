import { updateUser } from '../db/users.ts';
import type { Core, Person } from './context.ts';

/** The name by which others see one. */
export async function changeProfile(
  core: Pick<Core, 'db'>,
  { userId }: Person,
  { name }: { readonly name: string | null },
): Promise<void> {
  await updateUser(core.db.sql, userId, { name: name?.trim() || null });
}
