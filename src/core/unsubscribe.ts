import { inTransaction } from '../db/database.ts';
import { insertSuppression } from '../db/suppressions.ts';
import { findLinkOwner, insertUnsubscribeEvent, type LinkOwner, leaveLists } from '../db/unsubscribes.ts';
import type { RecipientRef } from '../domain/tokens.ts';
import { AppError } from '../errors.ts';
import type { Core } from './context.ts';
import { excludeRefused } from './exclusion.ts';

type UnsubscribeCore = Pick<Core, 'db' | 'events' | 'tokens'>;

/** Who an unsubscribe link speaks of. Changes nothing. Throws NOT_FOUND for a forged link, or one of a deleted campaign. */
export async function readUnsubscribeLink(core: UnsubscribeCore, token: string): Promise<LinkOwner> {
  return (await resolve(core, token)).owner;
}

/**
 * Takes the recipient off the lists the campaign was sent to; who is on none of them (an inline audience) is suppressed in
 * the whole workspace. Doing it again changes nothing.
 */
export async function unsubscribeByLink(core: UnsubscribeCore, token: string): Promise<LinkOwner> {
  const { ref, owner } = await resolve(core, token);
  const { workspaceId, campaignId, email, emailKey, contactId, listIds } = owner;
  await inTransaction(core.db.sql, async (tx) => {
    await insertUnsubscribeEvent(tx, { workspaceId, ...ref });
    const lists = contactId && listIds.length > 0 ? await leaveLists(tx, contactId, listIds) : 0;
    if (lists > 0) return;
    const source = `unsubscribe link of campaign ${campaignId}`;
    await insertSuppression(tx, { workspaceId, email, emailKey, reason: 'unsubscribed', source });
  });
  await excludeRefused(core, workspaceId, emailKey);
  core.events.publish({ kind: 'campaign', id: campaignId });
  return owner;
}

async function resolve(core: UnsubscribeCore, token: string): Promise<{ ref: RecipientRef; owner: LinkOwner }> {
  const ref = core.tokens.readUnsubscribeToken(token);
  const owner = ref && (await findLinkOwner(core.db.sql, ref));
  if (owner) return { ref, owner };
  throw new AppError(
    'NOT_FOUND',
    'This unsubscribe link is not one of ours, or is cut short. Open it from the message again, or reply to the sender.',
  );
}
