import { sql } from 'kysely';
import type { Page } from '../contract/common.ts';
import type { EmailCancelled, EmailDetail, EmailSummary, EmailsQuery } from '../contract/emails.ts';
import type { EmailState, RecipientState } from '../contract/states.ts';
import { moveCampaign, type StoredAudience } from '../db/campaigns.ts';
import { findEmail, type ListedEmail, listEmailRecipients, listEmails, listMergeFields } from '../db/emails.ts';
import { listLedger } from '../db/ledger.ts';
import { findTemplateVersion } from '../db/templates.ts';
import { AppError, notFound } from '../errors.ts';
import { copyVariables } from '../mail/copy-variables.ts';
import { readEmail } from './addresses.ts';
import { cancelRest } from './campaign-control.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { decodeCursor, toPage } from './cursor.ts';
import { showRecipient } from './email-intake.ts';
import { describeRows } from './recipients.ts';
import { findSentMessage } from './sent-message.ts';

type EmailCore = Pick<Core, 'db' | 'tokens' | 'linkTokens' | 'baseUrl'>;

/** Single emails, newest first. */
export async function listEmailPage(
  core: Pick<Core, 'db'>,
  caller: Caller,
  query: EmailsQuery,
): Promise<Page<EmailSummary>> {
  const { limit = 50, cursor, state, recipient, since } = query;
  const rows = await listEmails(core.db.sql, {
    workspaceId: caller.workspaceId,
    limit: limit + 1,
    ...(cursor === undefined ? {} : { before: decodeCursor(cursor, 'string') }),
    ...(state === undefined ? {} : { state: state as RecipientState }),
    ...(recipient === undefined ? {} : { emailKey: readEmail(recipient, 'recipient').emailKey }),
    ...(since === undefined ? {} : { since: readSince(since) }),
  });
  const { items, nextCursor } = toPage(
    rows,
    limit,
    (row) => row.id,
    (row) => row,
  );
  const recipients = await listEmailRecipients(
    core.db.sql,
    items.map(({ id }) => id),
  );
  const of = new Map<string, EmailSummary['recipients']>(items.map(({ id }) => [id, []]));
  for (const one of recipients) of.get(one.emailId)?.push(showRecipient(one));
  return { items: items.map((row) => ({ ...summaryOf(row), recipients: of.get(row.id) ?? [] })), nextCursor };
}

function readSince(text: string): Date {
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) throw invalid('since', 'is not a time: write it as 2030-01-31T09:00:00Z');
  return moment;
}

export async function describeEmail(core: EmailCore, caller: Caller, id: string): Promise<EmailDetail> {
  const row = await getEmail(core, caller, id);
  const rows = await listLedger(core.db.sql, { sendId: id, afterSeq: 0, limit: MOST_RECIPIENTS });
  const recipients = await describeRows(core, row, NO_VARIANTS, id, rows);
  const subjects = await readSubjects(core, id);
  const version = row.templateVersionId
    ? await findTemplateVersion(core.db.sql, caller.workspaceId, row.templateVersionId)
    : null;
  const audience = row.audience as unknown as StoredAudience | null;
  const isWaiting = row.state === 'active' && row.wakeAt !== null && row.wakeAt > new Date();
  return {
    ...summaryOf(row),
    recipients: recipients.map((one) => ({ ...one, subject: subjects.get(one.seq) ?? null })),
    replyTo: row.replyTo,
    headers: row.headers as Record<string, string>,
    accountIds: row.accountIds,
    templateId: version?.templateId ?? null,
    listId: audience?.kind === 'lists' ? (audience.listIds[0] ?? null) : null,
    evenIfUnsubscribed: audience?.kind === 'inline' && audience.evenIfUnsubscribed === true,
    waitingFor: isWaiting ? `${row.waitingFor ?? 'the next attempt'} until ${row.wakeAt?.toISOString()}` : null,
  };
}

const MOST_RECIPIENTS = 50;
const NO_VARIANTS: [] = [];

/** What each recipient reads as subject; none of those whose data it cannot be made from. */
async function readSubjects(core: EmailCore, id: string): Promise<Map<number, string>> {
  const sent = await findSentMessage(core, { sendId: id, variant: null }, 'view');
  const subjects = new Map<number, string>();
  if (!sent) return subjects;
  for (const [seq, data] of await listMergeFields(core.db.sql, id)) {
    const row = { seq, email: 'reader@example.com', data };
    try {
      subjects.set(seq, sent.message.subjectOf(copyVariables(sent, row, core)));
    } catch {
      // told by its state: it could not be rendered
    }
  }
  return subjects;
}

/** What no server has been asked about is cancelled; what is in flight gets its outcome. */
export async function cancelEmail(
  core: Pick<Core, 'db' | 'events'>,
  caller: Caller,
  id: string,
): Promise<EmailCancelled> {
  const before = await getEmail(core, caller, id);
  const moved = await moveCampaign(core.db.sql, id, 'cancelled', { finishedAt: sql<Date>`now()` }, [
    'active',
    'paused',
  ]);
  if (!moved) {
    const now = stateOf(await getEmail(core, caller, id));
    throw new AppError(
      'EMAIL_STATE',
      now === 'cancelled'
        ? `The email "${before.name}" was cancelled before. Nothing was changed.`
        : `The email "${before.name}" is over: every recipient has an outcome. Nothing was changed.`,
    );
  }
  await cancelRest(core, id);
  const recipients = await listEmailRecipients(core.db.sql, [id]);
  return { id, state: 'cancelled', recipients: recipients.map(showRecipient) };
}

async function getEmail(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<ListedEmail> {
  const row = await findEmail(core.db.sql, caller.workspaceId, id);
  if (!row) throw notFound('email', id);
  return row;
}

function stateOf({ state, notBefore }: ListedEmail): EmailState {
  if (state === 'completed' || state === 'cancelled') return state;
  return notBefore !== null && notBefore > new Date() ? 'delayed' : 'active';
}

function summaryOf(row: ListedEmail): Omit<EmailSummary, 'recipients'> {
  const { tags = [], metadata = {} } = (row.labels ?? {}) as { tags?: string[]; metadata?: Record<string, string> };
  return {
    id: row.id,
    subject: row.name,
    from: row.fromName ? `${row.fromName} <${row.fromAddress}>` : (row.fromAddress ?? ''),
    state: stateOf(row),
    tags,
    metadata,
    createdAt: row.createdAt.toISOString(),
    scheduledAt: row.scheduledAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
