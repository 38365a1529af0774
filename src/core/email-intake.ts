import { createHash } from 'node:crypto';
import type { EmailAccepted, EmailBody } from '../contract/emails.ts';
import { listAccountsOfWorkspace } from '../db/accounts.ts';
import { violatedConstraint } from '../db/database.ts';
import { listEmailRecipients } from '../db/emails.ts';
import { type EmailContent, insertEmails, type NewEmail } from '../db/hot/insert-emails.ts';
import { findMissingLists } from '../db/lists.ts';
import { findLatestVersionAtOnce } from '../db/templates.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { accountsFor } from '../domain/account-choice.ts';
import { stateFromCode } from '../domain/recipient-state.ts';
import { AppError, type ErrorDetail, notFound } from '../errors.ts';
import { CoalescedEvents } from '../events/coalesce.ts';
import { Cached } from '../lib/cached.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { compileMessage } from '../mail/compile.ts';
import { rulesOf } from '../mail/copy-links.ts';
import type { Mailbox, MessageSource } from '../mail/message.ts';
import { parseTemplate } from '../mail/template.ts';
import { readEmail } from './addresses.ts';
import { attachmentSources, readAttachments } from './campaign-attachments.ts';
import { readMailbox } from './campaign-message.ts';
import { readScheduledAt, type WorkspaceDefaults } from './campaign-schedule.ts';
import { invalid, prepareContent } from './content.ts';
import type { Caller, Core } from './context.ts';
import { linksToFollow } from './link-plan.ts';

type IntakeCore = Pick<Core, 'db' | 'events'>;

/** Who sends by default, and through what, may be so old. */
const SENDERS_FRESH_MS = 1000;
/** Workers are told of new emails at once, and of those that follow within this time together. */
const TELL_MS = 20;
const ERRORS_TOLD = 50;

interface Senders {
  readonly settings: WorkspaceDefaults & { readonly from?: string };
  readonly accounts: Awaited<ReturnType<typeof listAccountsOfWorkspace>>;
}

/** Accepts single emails: checks them while somebody is there to read the answer, and writes them out ready to be sent. */
export class EmailIntake {
  readonly #core: IntakeCore;
  readonly #senders: Cached<Senders>;
  readonly #news: CoalescedEvents;

  constructor(core: IntakeCore) {
    this.#core = core;
    this.#senders = new Cached((id) => readSenders(core, id), SENDERS_FRESH_MS);
    this.#news = new CoalescedEvents((event) => core.events.publish(event), TELL_MS);
  }

  /**
   * Stores the email under this id, to be sent at once or at its time. Called again with the same id it answers what became
   * of the first one, so a request that a crash left without an answer may be repeated. Throws VALIDATION, TEMPLATE_SYNTAX,
   * NOT_FOUND (the template) or CAMPAIGN_NOT_READY (nobody to send as, or through); then nothing was stored.
   */
  async accept(caller: Caller, body: EmailBody, id: string): Promise<EmailAccepted> {
    const email = await this.#prepare(caller.workspaceId, body, id, new Map());
    const [accepted] = await this.#store(caller.workspaceId, [email]);
    if (!accepted) throw notFound('email', id);
    return accepted;
  }

  /** All of them or, when one cannot be accepted, none: the error tells of every one that is wrong, by its path. */
  async acceptAll(caller: Caller, bodies: readonly EmailBody[], id: string): Promise<EmailAccepted[]> {
    const versions: KnownVersions = new Map();
    const emails: NewEmail[] = [];
    const errors: AppError[] = [];
    for (const [i, body] of bodies.entries()) {
      try {
        emails.push(await this.#prepare(caller.workspaceId, body, idOfPart(id, i), versions));
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        errors.push(below(`emails/${i}`, error));
      }
    }
    const [first] = errors;
    if (first) {
      const details = errors.flatMap((error) => error.details).slice(0, ERRORS_TOLD);
      const count = errors.length === 1 ? 'One email' : `${errors.length} emails`;
      throw new AppError(
        first.code,
        `${count} of ${bodies.length} cannot be sent, so none was accepted. ${first.message}`,
        {
          details,
        },
      );
    }
    return this.#store(caller.workspaceId, emails);
  }

  async #store(workspaceId: string, emails: readonly NewEmail[]): Promise<EmailAccepted[]> {
    const { db } = this.#core;
    const stored = await insertEmails(db.pool, workspaceId, emails).catch((error: unknown) => {
      // The same request twice at once: the other one was first, and this finds its emails.
      if (violatedConstraint(error) === null) throw error;
      return insertEmails(db.pool, workspaceId, emails);
    });
    if (stored.size > 0) this.#news.push({ kind: 'email', id: 'new' });
    const before = emails.filter(({ id }) => !stored.has(id)).map(({ id }) => id);
    const known = await listEmailRecipients(db.sql, before);
    return emails.map(({ id, recipients }) => {
      const excluded = stored.get(id);
      if (excluded === undefined)
        return { id, recipients: known.filter(({ emailId }) => emailId === id).map(showRecipient) };
      const shown = recipients.map(({ email }, i) =>
        excluded.has(i + 1) ? { email, state: 'excluded', reason: 'suppressed' } : { email, state: 'pending' },
      );
      return { id, recipients: shown };
    });
  }

  async #prepare(workspaceId: string, body: EmailBody, id: string, versions: KnownVersions): Promise<NewEmail> {
    const recipients = readRecipients(body);
    const { settings, from } = await this.#senderOf(workspaceId, body);
    const replyTo = body.replyTo === undefined ? null : readMailbox(body.replyTo, 'replyTo');
    const scheduledAt = readScheduledAt(
      body.scheduledAt === undefined ? {} : { scheduledAt: body.scheduledAt },
      null,
      settings,
    );
    await this.#checkList(workspaceId, body.listId);
    if (body.listId !== undefined && body.evenIfUnsubscribed)
      throw invalid('evenIfUnsubscribed', 'is for emails that belong to no list: leave one of the two out');
    const attachments = (await readAttachments(this.#core, workspaceId, body)) ?? [];
    const content = await this.#contentOf(workspaceId, body, versions);
    const { headers = {}, tracking = null } = body;
    const files = attachmentSources(attachments);
    checkMessage(content, tracking, { from, headers, ...files, ...(replyTo && { replyTo }) });
    return {
      id,
      ...content,
      fromName: from.name ?? null,
      fromAddress: from.address,
      replyTo: body.replyTo ?? null,
      headers,
      accountIds: body.accountIds ?? [],
      retry: settings.retry ?? null,
      tracking,
      utm: null,
      labels: labelsOf(body),
      listId: body.listId ?? null,
      evenIfUnsubscribed: body.evenIfUnsubscribed ?? false,
      scheduledAt,
      recipients,
      attachments,
    };
  }

  /** Whom it comes from. What is missing is looked for once more: it may just have been set up. */
  async #senderOf(workspaceId: string, body: EmailBody): Promise<{ settings: Senders['settings']; from: Mailbox }> {
    const kept = await this.#senders.get(workspaceId);
    try {
      return { settings: kept.settings, from: fromOf(kept, body) };
    } catch {
      const senders = await readSenders(this.#core, workspaceId);
      return { settings: senders.settings, from: fromOf(senders, body) };
    }
  }

  async #checkList(workspaceId: string, listId: string | undefined): Promise<void> {
    if (listId === undefined) return;
    const missing = await findMissingLists(this.#core.db.sql, workspaceId, [listId]);
    if (missing.length > 0) throw invalid('listId', `there is no list ${listId} in this workspace`);
  }

  async #contentOf(workspaceId: string, body: EmailBody, versions: KnownVersions): Promise<EmailText> {
    const { templateId, subject } = body;
    if (templateId === undefined) {
      const content = await prepareContent(body);
      return { versionId: uuid7(), content, subject: content.subject, text: content };
    }
    const own = (['htmlContent', 'textContent', 'mjml'] as const).find((part) => body[part] !== undefined);
    if (own) throw invalid('templateId', `send either templateId or ${own}, not both`);
    const known = versions.get(templateId) ?? findLatestVersionAtOnce(this.#core.db.pool, workspaceId, templateId);
    versions.set(templateId, known);
    const version = await known;
    if (!version) throw notFound('template', templateId);
    if (subject === undefined || subject === version.subject)
      return { versionId: version.id, content: null, subject: version.subject, text: version };
    checkSubject(subject);
    const { mjml, html, text, preparedHtml } = version;
    const content = { subject, mjml, html, text, preparedHtml };
    return { versionId: uuid7(), content, subject, text: content };
  }
}

type KnownVersions = Map<string, ReturnType<typeof findLatestVersionAtOnce>>;

interface EmailText {
  readonly versionId: string;
  readonly content: EmailContent | null;
  readonly subject: string;
  /** What is sent, whether it came with the email or is there already. */
  readonly text: Pick<EmailContent, 'subject' | 'preparedHtml' | 'text'>;
}

async function readSenders({ db }: IntakeCore, workspaceId: string): Promise<Senders> {
  const [workspace, accounts] = await Promise.all([
    getWorkspace(db.sql, workspaceId),
    listAccountsOfWorkspace(db.sql, workspaceId),
  ]);
  return { settings: workspace.settings as Senders['settings'], accounts };
}

function fromOf({ settings, accounts }: Senders, { from, accountIds = [] }: EmailBody): Mailbox {
  const known = new Set(accounts.map(({ id }) => id));
  const missing = accountIds.filter((id) => !known.has(id));
  if (missing.length > 0)
    throw invalid('accountIds', `there is no sending account ${missing.join(', ')} in this workspace`);
  const chosen = accountsFor(accounts, accountIds);
  if (chosen.length === 0) throw notReady('accountIds', 'There is no sending account to send through: add one first.');
  const text = from ?? settings.from ?? chosen.map(({ fromAddress }) => fromAddress).find((one) => one !== null);
  if (text === undefined || text === null)
    throw notReady(
      'from',
      'The email has no sender: set from, or a default in the workspace settings or the sending account.',
    );
  return readMailbox(text, 'from');
}

function notReady(path: string, message: string): AppError {
  return new AppError('CAMPAIGN_NOT_READY', message, { details: [{ path, message }] });
}

/** Every address is checked, and each may stand there once: a recipient gets one copy. */
function readRecipients({ to, data = {} }: EmailBody): NewEmail['recipients'] {
  const errors: ErrorDetail[] = [];
  const places = new Map<string, number>();
  const list = Array.isArray(to) ? to : [to];
  const recipients = list.flatMap((one, i) => {
    const path = Array.isArray(to) ? `to/${i}` : 'to';
    try {
      const { address, name } = mailboxOf(one, path);
      const { emailKey } = readEmail(address, path);
      const before = places.get(emailKey);
      if (before !== undefined) throw invalid(path, `is the same address as to/${before}`);
      places.set(emailKey, i);
      const own = typeof one === 'string' ? {} : (one.data ?? {});
      return [{ email: address, emailKey, data: { ...data, ...own, ...(name && { name }), email: address } }];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      errors.push(...error.details);
      return [];
    }
  });
  const [first] = errors;
  if (first) throw new AppError('VALIDATION', `${first.path}: ${first.message}`, { details: errors });
  return recipients;
}

function mailboxOf(one: Exclude<EmailBody['to'], readonly unknown[]>, path: string): Mailbox {
  if (typeof one === 'string') return readMailbox(one, path);
  const { address } = readMailbox(one.email, `${path}/email`);
  return one.name === undefined ? { address } : { address, name: one.name };
}

function labelsOf({ tags = [], metadata = {} }: EmailBody): object | null {
  return tags.length === 0 && Object.keys(metadata).length === 0 ? null : { tags, metadata };
}

function checkSubject(subject: string): void {
  if (subject.trim() === '') throw invalid('subject', 'an email needs a subject');
  if (/[\r\n\0]/.test(subject)) throw invalid('subject', 'a subject is one line: take the line breaks out');
  parseTemplate(subject, { escape: 'none', field: 'subject' });
}

/** What a worker will do, done while somebody is there to read the answer. A version that is there was checked when it was made. */
function checkMessage(
  { content, text }: EmailText,
  tracking: object | null,
  parts: Pick<MessageSource, 'from' | 'headers' | 'replyTo' | 'attachments' | 'linkedAttachments'>,
): void {
  const links = linksToFollow({ tracking: tracking as never, utm: null }, text.preparedHtml);
  if (content === null && links === null) {
    compileMessage({ ...parts, subject: 'checked', text: 'checked' });
    return;
  }
  compileMessage({
    ...parts,
    subject: text.subject,
    ...(text.preparedHtml === null ? {} : { html: text.preparedHtml }),
    ...(text.text === null ? {} : { text: text.text }),
    ...(links && { links: rulesOf(links) }),
  });
}

function below(path: string, error: AppError): AppError {
  const details = error.details.length > 0 ? error.details : [{ path: '', message: error.message }];
  return new AppError(error.code, error.message, {
    details: details.map((detail) => ({ ...detail, path: detail.path === '' ? path : `${path}/${detail.path}` })),
  });
}

/** The id of one of many that a request makes: the same at every try of it, and of the same moment. */
function idOfPart(id: string, part: number): string {
  if (part === 0) return id;
  const hash = createHash('sha256').update(`${id} ${part}`).digest('hex');
  return `${id.slice(0, 15)}${hash.slice(0, 3)}-${'89ab'[part % 4]}${hash.slice(3, 6)}-${hash.slice(6, 18)}`;
}

export function showRecipient({ email, state, reason }: { email: string; state: number; reason: string | null }) {
  return { email, state: stateFromCode(state), ...(reason === null ? {} : { reason }) };
}
