import { insertConsent } from '../db/consents.ts';
import { inTransaction } from '../db/database.ts';
import { leaveLists } from '../db/subscriptions.ts';
import { insertSuppression } from '../db/suppressions.ts';
import { findLinkOwner, insertUnsubscribeEvent, type LinkOwner } from '../db/unsubscribes.ts';
import type { RecipientRef } from '../domain/tokens.ts';
import { AppError } from '../errors.ts';
import { type Act, originOf } from './consents.ts';
import type { Core } from './context.ts';
import { excludeRefused } from './exclusion.ts';

export type LinkCore = Pick<Core, 'db' | 'events' | 'tokens'>;

/** Who a link speaks of, and the copy it came with. */
export interface Link {
  readonly ref: RecipientRef;
  readonly owner: LinkOwner;
}

/**
 * Takes the recipient off the lists the campaign was sent to; who is on none of them (an inline audience) is suppressed in
 * the whole workspace. Doing it again changes nothing.
 */
export async function unsubscribeByLink(core: LinkCore, token: string, act: Act): Promise<LinkOwner> {
  const { ref, owner } = await readLink(core, token);
  const { workspaceId, campaignId, email, emailKey, contactId, listIds } = owner;
  const source = `campaign ${campaignId}`;
  await inTransaction(core.db.sql, async (tx) => {
    await insertUnsubscribeEvent(tx, { workspaceId, ...ref });
    const origin = await originOf(tx, workspaceId, { ...act, source });
    const person = { workspaceId, contactId, emailKey };
    const lists = contactId && listIds.length > 0 ? await leaveLists(tx, contactId, listIds) : { known: 0, left: [] };
    if (lists.left.length > 0) await insertConsent(tx, person, { action: 'unsubscribed', listIds: lists.left }, origin);
    if (lists.known > 0) return;
    const entry = { workspaceId, email, emailKey, reason: 'unsubscribed', source: `unsubscribe link of ${source}` };
    if (await insertSuppression(tx, entry)) await insertConsent(tx, person, { action: 'unsubscribed' }, origin);
  });
  await excludeRefused(core, workspaceId, emailKey);
  core.events.publish({ kind: 'campaign', id: campaignId });
  return owner;
}

/** Reads a link of a message. Changes nothing. Throws NOT_FOUND for a forged one, or one of a deleted campaign. */
export async function readLink(core: LinkCore, token: string): Promise<Link> {
  const ref = core.tokens.readUnsubscribeToken(token);
  const owner = ref && (await findLinkOwner(core.db.sql, ref));
  if (owner) return { ref, owner };
  throw new AppError(
    'NOT_FOUND',
    'This link is not one of ours, or is cut short. Open it from the message again, or reply to the sender.',
  );
}
