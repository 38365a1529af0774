import type { MergeReply } from '../contract/contact-duplicates.ts';
import { lockContacts, moveConsent, moveSubscriptions, moveSuppression } from '../db/contact-merge.ts';
import { deleteContact, updateContact } from '../db/contacts.ts';
import { inTransaction, isRetryableConflict } from '../db/database.ts';
import { mergeContacts } from '../domain/merge-contacts.ts';
import { AppError, notFound } from '../errors.ts';
import { getContact } from './contacts.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { excludeRefused } from './exclusion.ts';

const TRIES = 3;

/**
 * Makes one contact of several, in one transaction: what `id` lacks it takes from the others, which are gone afterwards.
 * Ledgers stay as they are: what was sent, was sent to the address that stands there.
 */
export async function mergeContactsInto(
  core: Pick<Core, 'db' | 'events'>,
  caller: Caller,
  id: string,
  from: readonly string[],
): Promise<MergeReply> {
  const others = [...new Set(from.map((one) => one.toLowerCase()))];
  if (others.includes(id.toLowerCase())) throw invalid('from', 'holds the contact itself');
  const { merged, taken, emailKey } = await retried(() => merge(core, caller, id.toLowerCase(), others));
  const refused = taken.suppressed !== null || taken.lists.some(({ status }) => status === 'unsubscribed');
  if (refused) await excludeRefused(core, caller.workspaceId, emailKey);
  return { contact: await getContact(core, caller, id), merged, taken };
}

function merge(core: Pick<Core, 'db'>, caller: Caller, id: string, others: readonly string[]) {
  const { workspaceId } = caller;
  return inTransaction(core.db.sql, async (tx) => {
    const rows = new Map((await lockContacts(tx, workspaceId, [id, ...others])).map((row) => [row.id, row]));
    const to = rows.get(id);
    if (!to) throw notFound('contact', id);
    const from = others.flatMap((other) => rows.get(other) ?? []);
    if (from.length < others.length) {
      const missing = others.filter((other) => !rows.has(other));
      throw new AppError(
        'NOT_FOUND',
        `There is no contact ${missing.join(', ')} in this workspace. Nothing was merged.`,
      );
    }
    const { fields, attributes, tags } = mergeContacts(to, from);
    await updateContact(tx, workspaceId, id, fields, { attributes, tags: { add: tags } });
    const before = from.map((row) => row.id);
    const lists = await moveSubscriptions(tx, id, before);
    await moveConsent(tx, id, from);
    const suppressed = await moveSuppression(tx, to, from);
    for (const other of before) await deleteContact(tx, workspaceId, other);
    return {
      emailKey: to.emailKey,
      merged: from.map(({ id: gone, email }) => ({ id: gone, email })),
      taken: { fields: Object.keys(fields), attributes: Object.keys(attributes), tags: [...tags], lists, suppressed },
    };
  });
}

/** An import locks contacts in another order. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries >= TRIES || !isRetryableConflict(error)) throw error;
    }
  }
}
