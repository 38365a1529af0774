import type { Page } from '../contract/common.ts';
import type { Erasure } from '../contract/contact-erasure.ts';
import {
  beginErasure,
  type ErasureRow,
  ensureErasure,
  findErasure,
  findErasureOf,
  listErasures,
  storeErasure,
} from '../db/contact-erasures.ts';
import { findContact } from '../db/contacts.ts';
import { inTransaction } from '../db/database.ts';
import {
  eraseAudienceRows,
  eraseConsent,
  eraseContact,
  eraseEmailContent,
  eraseEmailRecipients,
  eraseLedgerRows,
  eraseQuotes,
  eraseRefusal,
  eraseSandboxMessages,
  isInFlight,
  keepHash,
  listAnswers,
  listEmailsTo,
  listSends,
  type Person,
  replaceAnswer,
  withoutAddress,
} from '../db/erase-person.ts';
import { countImportsBefore } from '../db/imports-before.ts';
import { deleteReturnedMailsTo } from '../db/returned-mails.ts';
import { deleteWebhookDeliveriesTo } from '../db/webhook-deliveries.ts';
import { notFound } from '../errors.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { readEmail } from './addresses.ts';
import type { Caller, Core } from './context.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { excludeRefused } from './exclusion.ts';

type ErasureCore = Pick<Core, 'db' | 'events' | 'secrets'>;

const SENDS_AT_ONCE = 100;
const ANSWERS_AT_ONCE = 200;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Erases a contact. One that was erased before answers with what became of it. */
export async function eraseContactById(
  core: ErasureCore,
  caller: Caller,
  contactId: string,
  id: string = uuid7(),
): Promise<Erasure> {
  const contact = await findContact(core.db.sql, caller.workspaceId, contactId);
  if (contact) return begin(core, caller, { id, emailKey: contact.emailKey, contactId });
  const earlier = await findErasureOf(core.db.sql, caller.workspaceId, contactId);
  if (!earlier) throw notFound('contact', contactId);
  return describe(earlier);
}

/** Erases whoever has, or had, this address: also somebody who is a contact no more. */
export async function eraseAddress(
  core: ErasureCore,
  caller: Caller,
  email: string,
  id: string = uuid7(),
): Promise<Erasure> {
  return begin(core, caller, { id, emailKey: readEmail(email, 'email').emailKey, contactId: null });
}

async function begin(
  core: ErasureCore,
  caller: Caller,
  what: { id: string; emailKey: string; contactId: string | null },
): Promise<Erasure> {
  const erasure = { ...what, workspaceId: caller.workspaceId, requestedBy: caller.userId };
  const { id } = await inTransaction(core.db.sql, (tx) => ensureErasure(tx, erasure));
  await runErasure(core, id);
  const row = await findErasure(core.db.sql, id);
  if (!row) throw notFound('erasure', id);
  return describe(row);
}

/**
 * Takes the person out of everything. Safe to run twice, and after a crash: every step finds only what is left. It is over
 * when nothing can bring them back by itself: imports that had begun before, and messages that are on their way.
 */
export async function runErasure(core: ErasureCore, id: string): Promise<void> {
  const row = await beginErasure(core.db.sql, id);
  if (row?.emailKey == null) return;
  const { sql } = core.db;
  const { workspaceId, emailKey } = row;
  const person = { workspaceId, emailKey };
  const imports = await countImportsBefore(sql, workspaceId, row.createdAt);
  const tally = new Tally(row.erased as Record<string, number>);
  tally.add('suppressions', await inTransaction(sql, (tx) => keepHash(tx, person)));
  await excludeRefused(core, workspaceId, emailKey);
  tally.add('contacts', await inTransaction(sql, (tx) => eraseContact(tx, person)));
  await eraseLedgers(core, person, tally);
  tally.add('campaignAudienceRows', await eraseAudienceRows(sql, person));
  tally.add('consentRecords', await eraseConsent(sql, person));
  tally.add('trackingRefusals', await eraseRefusal(sql, person));
  tally.add('returnedMails', await deleteReturnedMailsTo(sql, person.workspaceId, person.emailKey));
  tally.add('webhookDeliveries', await deleteWebhookDeliveriesTo(sql, person.workspaceId, person.emailKey));
  tally.add('sandboxMessages', await eraseSandboxMessages(sql, person));
  tally.add('idempotencyKeys', await eraseAnswers(core, person));
  for (const [table, rows] of Object.entries(await eraseQuotes(sql, person))) tally.add(table, rows);
  const waitingFor = imports > 0 ? importWords(imports) : (await isInFlight(sql, person)) ? ON_ITS_WAY : null;
  await storeErasure(sql, id, { erased: tally.counts, waitingFor });
}

const ON_ITS_WAY = 'a message to them that is on its way';
const importWords = (imports: number) =>
  `${imports === 1 ? 'an import' : `${imports} imports`} that began before it: the file may hold the address`;

async function eraseLedgers(core: ErasureCore, person: Person, tally: Tally): Promise<void> {
  for (let after = BEFORE_ALL; ; ) {
    const sends = await listSends(core.db.sql, person.workspaceId, after, SENDS_AT_ONCE);
    const last = sends.at(-1);
    if (last === undefined) break;
    await eraseSends(core, person, sends, tally);
    after = last;
  }
  const emails = await listEmailsTo(core.db.sql, person);
  for (let at = 0; at < emails.length; at += SENDS_AT_ONCE)
    await eraseSends(core, person, emails.slice(at, at + SENDS_AT_ONCE), tally);
  tally.add('campaigns', await eraseEmailContent(core.db.sql, person));
  tally.add('emailRecipients', await eraseEmailRecipients(core.db.sql, person));
}

async function eraseSends(core: ErasureCore, person: Person, sends: readonly string[], tally: Tally): Promise<void> {
  const { emailSends, emailEvents } = await eraseLedgerRows(core.db.sql, person, sends);
  tally.add('emailSends', emailSends);
  tally.add('emailEvents', emailEvents);
}

/** The keys stay, so that no request is done twice; whoever asks again gets the answer without the address. */
async function eraseAnswers({ db, secrets }: ErasureCore, { workspaceId, emailKey }: Person): Promise<number> {
  let erased = 0;
  for (let after = ''; ; ) {
    const answers = await listAnswers(db.sql, { workspaceId, after, limit: ANSWERS_AT_ONCE });
    for (const answer of answers) {
      const body = opened(secrets, answer.response);
      const without = withoutAddress(body, emailKey);
      if (without !== body) erased += await replaceAnswer(db.sql, workspaceId, answer, secrets.seal(without));
    }
    const last = answers.at(-1);
    if (last === undefined || answers.length < ANSWERS_AT_ONCE) return erased;
    after = last.key;
  }
}

/** What another APP_SECRET has sealed nobody can open any more, so nothing stands in it. */
function opened(secrets: ErasureCore['secrets'], sealed: Buffer | null): string {
  try {
    return sealed === null ? '' : secrets.open(sealed);
  } catch {
    return '';
  }
}

/** What was found, over all runs. */
class Tally {
  readonly counts: Record<string, number>;

  constructor(before: Readonly<Record<string, number>>) {
    this.counts = { ...before };
  }

  add(table: string, rows: number): void {
    if (rows > 0) this.counts[table] = (this.counts[table] ?? 0) + rows;
  }
}

export async function listErasurePage(
  core: Pick<Core, 'db'>,
  caller: Caller,
  query: { readonly limit?: number; readonly cursor?: string },
): Promise<Page<Erasure>> {
  const { limit = 50, cursor } = query;
  const before = cursor === undefined ? null : decodeCursor(cursor, 'string');
  const rows = await listErasures(core.db.sql, { workspaceId: caller.workspaceId, before, limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(describe), nextCursor: rows.length > limit && last ? encodeCursor(last.id) : null };
}

function describe(row: ErasureRow): Erasure {
  const { id, state, waitingFor, addressHash } = row;
  return {
    id,
    state,
    waitingFor,
    addressHash,
    erased: row.erased as Erasure['erased'],
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
