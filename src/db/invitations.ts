import { type Selectable, sql } from 'kysely';
import type { Executor } from './database.ts';
import { escapeLike } from './like.ts';
import type { Invitations } from './schema.generated.ts';

export type InvitationRow = Selectable<Invitations>;
export type InvitationView = InvitationRow & {
  readonly workspaceName: string;
  readonly inviterName: string | null;
  /** There is an account for the address. */
  readonly isKnown: boolean;
};

/** One invitation an address and workspace: a new one takes the place of the one before, and its link with it. */
export async function storeInvitation(
  db: Executor,
  invitation: Omit<InvitationRow, 'id' | 'createdAt' | 'expiresAt'> & { readonly seconds: number },
): Promise<InvitationRow> {
  const { seconds, ...values } = invitation;
  const expiresAt = sql<Date>`now() + make_interval(secs => ${seconds})`;
  const { email, role, tokenHash, invitedBy } = values;
  return db
    .insertInto('invitations')
    .values({ ...values, expiresAt })
    .onConflict((conflict) =>
      conflict.columns(['workspaceId', 'emailKey']).doUpdateSet({ email, role, tokenHash, invitedBy, expiresAt }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** A new link for the same invitation; null when it is gone. */
export async function renewInvitation(
  db: Executor,
  { workspaceId, id }: { readonly workspaceId: string; readonly id: string },
  { tokenHash, seconds }: { readonly tokenHash: Buffer; readonly seconds: number },
): Promise<InvitationRow | null> {
  const row = await db
    .updateTable('invitations')
    .set({ tokenHash, expiresAt: sql<Date>`now() + make_interval(secs => ${seconds})` })
    .where('workspaceId', '=', workspaceId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function listInvitations(
  db: Executor,
  filter: { workspaceId: string; search?: string; before?: string; limit: number },
): Promise<InvitationRow[]> {
  let query = db.selectFrom('invitations').selectAll().where('workspaceId', '=', filter.workspaceId);
  if (filter.search) query = query.where('email', 'ilike', `%${escapeLike(filter.search)}%`);
  if (filter.before) query = query.where('id', '<', filter.before);
  return query.orderBy('id', 'desc').limit(filter.limit).execute();
}

export async function findInvitation(db: Executor, workspaceId: string, id: string): Promise<InvitationRow | null> {
  const row = await db
    .selectFrom('invitations')
    .selectAll()
    .where('workspaceId', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

/** What the holder of a link may see; null when it is unknown, was withdrawn or used, or is too old. */
export async function findInvitationByToken(db: Executor, tokenHash: Buffer): Promise<InvitationView | null> {
  const row = await db
    .selectFrom('invitations as i')
    .innerJoin('workspaces as w', 'w.id', 'i.workspaceId')
    .leftJoin('users as inviter', 'inviter.id', 'i.invitedBy')
    .leftJoin('users as known', 'known.emailKey', 'i.emailKey')
    .selectAll('i')
    .select([
      'w.name as workspaceName',
      sql<string | null>`coalesce(inviter.name, inviter.email)`.as('inviterName'),
      sql<boolean>`known.id is not null`.as('isKnown'),
    ])
    .where('i.tokenHash', '=', tokenHash)
    .where('i.expiresAt', '>', sql<Date>`now()`)
    .executeTakeFirst();
  return row ?? null;
}

/** Uses an invitation up. Of two who try at once one gets it. */
export async function takeInvitation(tx: Executor, id: string, tokenHash: Buffer): Promise<InvitationRow | null> {
  const row = await tx
    .deleteFrom('invitations')
    .where('id', '=', id)
    .where('tokenHash', '=', tokenHash)
    .where('expiresAt', '>', sql<Date>`now()`)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** All that wait for an address, used up together: for somebody whose address was proved in another way. */
export async function takeInvitationsOf(tx: Executor, emailKey: string): Promise<InvitationRow[]> {
  return tx
    .deleteFrom('invitations')
    .where('emailKey', '=', emailKey)
    .where('expiresAt', '>', sql<Date>`now()`)
    .returningAll()
    .execute();
}

export async function deleteInvitation(db: Executor, workspaceId: string, id: string): Promise<InvitationRow | null> {
  const row = await db
    .deleteFrom('invitations')
    .where('workspaceId', '=', workspaceId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}
