import { type ConfirmationView, markMailed, markNotMailed, takeDueConfirmations } from '../db/confirmations.ts';
import { listBinding } from '../db/suppressions.ts';
import { AppError, messageOf } from '../errors.ts';
import type { SendOutcome } from '../mail/transport.ts';
import { confirmationText } from './confirmation-text.ts';
import type { Core } from './context.ts';
import { findSender, type Sender, type SystemMail, sendSystemMails } from './system-mail.ts';
import { wordsOf } from './test-send.ts';

type MailerCore = Pick<Core, 'db' | 'secrets' | 'baseUrl' | 'pageTokens' | 'log'>;

const AT_ONCE = 20;
const RETRY_MS = [60_000, 300_000, 1_800_000, 7_200_000];
const NO_PERMIT_MS = 30_000;
const LONGEST_ERROR = 500;

/**
 * Sends mails that ask for confirmation and are due. Safe to run by several processes at once; a crash between the reply of
 * the server and its record sends one twice, two minutes later. Returns how many were looked at.
 */
export async function sendDueConfirmations(core: MailerCore): Promise<number> {
  const due = await takeDueConfirmations(core.db.sql, AT_ONCE);
  const allowed: ConfirmationView[] = [];
  for (const request of due) {
    if (await isAllowed(core, request)) allowed.push(request);
    else await settle(core, request, null, 'The address is suppressed: nothing is sent to it.');
  }
  const [first] = allowed;
  if (!first) return due.length;
  try {
    const sender = await findSender(core, first.workspaceId);
    const outcomes = await sendSystemMails(
      core,
      sender,
      allowed.map((request) => mailOf(core, sender, request)),
    );
    for (const [i, request] of allowed.entries()) await record(core, request, outcomes[i] ?? null);
  } catch (error) {
    for (const request of allowed) await recordFault(core, request, error);
  }
  return due.length;
}

/**
 * Never to who is suppressed, except to who stopped everything by themselves and now filled in a form themselves: the mail
 * asks whether that was them.
 */
async function isAllowed({ db }: MailerCore, { workspaceId, emailKey, method }: ConfirmationView): Promise<boolean> {
  const binding = await listBinding(db.sql, workspaceId, emailKey);
  if (binding.length === 0) return true;
  return method === 'form' && binding.every(({ reason }) => reason === 'unsubscribed' || reason === 'paused');
}

function mailOf(
  { baseUrl, pageTokens }: MailerCore,
  { workspace, from }: Sender,
  request: ConfirmationView,
): SystemMail {
  const token = { id: request.id, expiresAt: request.expiresAt.getTime() };
  const declineUrl = `${baseUrl}/decline/${pageTokens.make('decline', token)}`;
  return {
    to: request.email,
    content: confirmationText(request.lists[0]?.confirmation),
    data: {
      ...(request.fields as object),
      firstName: (request.fields as { firstName?: string }).firstName ?? request.firstName ?? undefined,
      email: request.email,
      listName: request.lists.map(({ name }) => name).join(', '),
      senderName: from.name || workspace.name,
      confirmUrl: `${baseUrl}/confirm/${pageTokens.make('confirm', token)}`,
      declineUrl,
    },
    messageId: `confirm.${request.id}`,
    // What a mail program does by itself must not confirm.
    unsubscribeUrl: declineUrl,
    feedbackId: `${request.id}:${request.workspaceId}:confirm:postrider`,
  };
}

async function record(core: MailerCore, request: ConfirmationView, outcome: SendOutcome | null): Promise<void> {
  if (!outcome)
    return markNotMailed(core.db.sql, request.id, { error: 'no permit', retryMs: NO_PERMIT_MS, counted: false });
  // A reply that was lost is not asked for again: the mail may have arrived.
  if (outcome.kind === 'accepted' || outcome.kind === 'unknown') return markMailed(core.db.sql, request.id);
  const isFinal = outcome.kind === 'refused' && outcome.reply.code >= 500;
  await settle(core, request, isFinal ? null : retryMs(request), wordsOf(outcome));
}

async function recordFault(core: MailerCore, request: ConfirmationView, error: unknown): Promise<void> {
  const isLimit = error instanceof AppError && error.code === 'RATE_LIMITED';
  if (!isLimit) return settle(core, request, retryMs(request), messageOf(error));
  const wait = Math.max(1, error.retryAfterSeconds ?? 1) * 1000;
  await markNotMailed(core.db.sql, request.id, { error: messageOf(error), retryMs: wait, counted: false });
}

/** `attempts` counts the one that was just made. */
function retryMs({ attempts }: ConfirmationView): number | null {
  return RETRY_MS[attempts - 1] ?? null;
}

async function settle(
  core: MailerCore,
  request: ConfirmationView,
  retryMs: number | null,
  words: string,
): Promise<void> {
  const error = words.slice(0, LONGEST_ERROR);
  core.log.warn({ confirmationId: request.id, retryMs, err: error }, 'a mail that asks for confirmation was not sent');
  await markNotMailed(core.db.sql, request.id, { error, retryMs, counted: true });
}
