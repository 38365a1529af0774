import {
  type ConfirmationView,
  deleteConfirmation,
  findConfirmation,
  lockConfirmation,
  markConfirmed,
} from '../db/confirmations.ts';
import { insertConsent } from '../db/consents.ts';
import { fillContact } from '../db/contact-fill.ts';
import { inTransaction } from '../db/database.ts';
import { joinLists } from '../db/subscriptions.ts';
import { liftOwnSuppression } from '../db/suppressions.ts';
import { AppError } from '../errors.ts';
import { type Act, originOf } from './consents.ts';
import type { Core } from './context.ts';

type ConfirmCore = Pick<Core, 'db' | 'pageTokens'>;

/** What a link in a mail that asks for confirmation is about. Changes nothing. Throws NOT_FOUND for one that is forged, too old or declined. */
export async function readConfirmation(
  core: ConfirmCore,
  token: string,
  purpose: 'confirm' | 'decline',
): Promise<ConfirmationView> {
  const read = core.pageTokens.read(purpose, token);
  if (!read) throw gone('This link is not one of ours, or is cut short. Open it from the message again.');
  const request = read.expiresAt > Date.now() ? await findConfirmation(core.db.sql, read.id) : null;
  if (!request) throw gone('This link is no longer good. Fill in the form again, and you get another one.');
  return request;
}

/**
 * Subscribes who asked for it, with what they filled in, and takes back that they had stopped everything. Once: a link that
 * is opened again, after they unsubscribed, does not subscribe them again.
 */
export async function confirm(core: ConfirmCore, token: string, act: Act): Promise<ConfirmationView> {
  const request = await readConfirmation(core, token, 'confirm');
  const { id, workspaceId, contactId, emailKey, listIds } = request;
  await inTransaction(core.db.sql, async (tx) => {
    const open = await lockConfirmation(tx, id);
    if (!open || open.confirmedAt) return;
    const person = { workspaceId, contactId, emailKey };
    const origin = await originOf(tx, workspaceId, { ...act, source: request.source });
    await joinLists(tx, person, listIds);
    await fillContact(tx, contactId, request.fields as Record<string, string>, 'replace');
    await insertConsent(tx, person, { action: 'confirmed', listIds }, origin);
    await liftOwnSuppression(tx, workspaceId, emailKey);
    await markConfirmed(tx, id);
  });
  return request;
}

/** It was not them: nothing is sent, and nobody is asked again because of this request. */
export async function decline(core: ConfirmCore, token: string): Promise<void> {
  const request = await readConfirmation(core, token, 'decline');
  if (!request.confirmedAt) await deleteConfirmation(core.db.sql, request.id);
}

function gone(message: string): AppError {
  return new AppError('NOT_FOUND', message);
}
