import type { AccountRow } from '../db/accounts.ts';
import { findHookAccount, insertProviderMessage } from '../db/provider-messages.ts';
import { AppError, messageOf } from '../errors.ts';
import { Cached } from '../lib/cached.ts';
import { guardedExchange } from '../lib/guarded-request.ts';
import { isUuid } from '../lib/uuid7.ts';
import { REPLY_CLASSES } from '../mail/classify/reply-classes.ts';
import { referenceOfTag } from '../mail/http/reference-tag.ts';
import { diagnose } from '../mail/returns/diagnosis.ts';
import { HOOK_FORMATS } from '../mail/webhooks/formats.ts';
import type { HookDelivery, HookEvent, HookRequest } from '../mail/webhooks/hook.ts';
import type { Core } from './context.ts';
import { type FeedbackCore, type FeedbackEvent, takeFeedback } from './feedback.ts';

type HookCore = FeedbackCore & Pick<Core, 'secrets' | 'log'>;

/** What tests put others in for. */
export interface HookTools {
  readonly now?: () => Date;
  readonly fetchText?: (url: URL) => Promise<string>;
}

/** Accounts of type smtp have no provider: their relays speak our own form. */
const TYPE_OF_PROVIDER: Readonly<Record<string, string>> = { generic: 'smtp' };
/** Of events of an `smtp` account; the others carry the name of the provider. */
const GENERIC_SOURCE = 'webhook';
const MOST_BYTES = 64 * 1024;
const FETCH_TIMEOUT_MS = 10_000;

/** Where a provider is to send its events; null for a type of account that has none. */
export function hookUrl(baseUrl: string, { id, type }: Pick<AccountRow, 'id' | 'type'>): string | null {
  if (!HOOK_FORMATS.has(type)) return null;
  return `${baseUrl}/hooks/${type === 'smtp' ? 'generic' : type}/${id}`;
}

/** In words what is wrong with a secret for an account of this type; null when it can be one. */
export function faultOfHookSecret(type: string, secret: string): string | null {
  const format = HOOK_FORMATS.get(type);
  return format ? format.faultOfSecret(secret) : `is not used for accounts of type ${type}: they get no webhooks`;
}

/** Thrown inside the transaction, so that nothing of it stays. */
class SeenBefore extends Error {}

/** Certificates change every year or so; each message names one. */
const CERTIFICATE_KEPT_MS = 3_600_000;

/** What providers send us. */
export class ProviderHooks {
  readonly #core: HookCore;
  readonly #now: () => Date;
  readonly #fetchText: (url: URL) => Promise<string>;
  readonly #certificates: Cached<string>;

  constructor(core: HookCore, { now = () => new Date(), fetchText = fetchAtProvider }: HookTools = {}) {
    this.#core = core;
    this.#now = now;
    this.#fetchText = fetchText;
    this.#certificates = new Cached((url) => fetchText(new URL(url)), CERTIFICATE_KEPT_MS);
  }

  /**
   * Takes a message of a provider: checks who it is from, and records its events with its name in one transaction. What was
   * taken before changes nothing. Throws NOT_FOUND and WEBHOOK_SIGNATURE; both cost the same. Returns how many events were new.
   */
  async take(
    { provider, accountId }: { readonly provider: string; readonly accountId: string },
    request: HookRequest,
  ): Promise<number> {
    const core = this.#core;
    const type = TYPE_OF_PROVIDER[provider] ?? (provider === 'smtp' ? '' : provider);
    const format = HOOK_FORMATS.get(type);
    const account = format && isUuid(accountId) ? await findHookAccount(core.db.sql, accountId, type) : null;
    const delivery = await format?.open(request, {
      secret: account?.webhookSecret ? openSecret(core, account, account.webhookSecret) : null,
      topic: account?.webhookTopic ?? null,
      now: this.#now(),
      fetchText: (url) => this.#certificateAt(url),
    });
    if (!account) throw new AppError('NOT_FOUND', 'No sending account takes webhooks at this address.');
    if (!delivery)
      throw new AppError(
        'WEBHOOK_SIGNATURE',
        'The message is not signed with the secret of this account, or is too old. Nothing was done. Compare the secret with the one that the provider shows, and the clock of this machine with the time.',
      );
    if (delivery.confirm) return this.#confirm(account, delivery.confirm);
    return recordEvents(core, account, delivery);
  }

  async #certificateAt(url: URL): Promise<string> {
    try {
      return await this.#certificates.get(url.href);
    } catch (error) {
      this.#core.log.warn({ err: messageOf(error), host: url.host }, 'a certificate of SNS could not be fetched');
      throw new AppError(
        'ACCOUNT_UNREACHABLE',
        'The certificate could not be fetched. Nothing was done: send it again.',
      );
    }
  }

  async #confirm(account: AccountRow, url: URL): Promise<number> {
    const { log } = this.#core;
    const { id: accountId, webhookTopic: topic } = account;
    try {
      await this.#fetchText(url);
      log.info({ accountId, topic }, 'the subscription of an SNS topic is confirmed');
      return 0;
    } catch (error) {
      log.warn({ accountId, topic, err: messageOf(error) }, 'a subscription of SNS could not be confirmed');
      throw new AppError('ACCOUNT_UNREACHABLE', 'Amazon SNS did not take the confirmation. It asks again by itself.');
    }
  }
}

function openSecret(core: HookCore, account: AccountRow, sealed: Buffer): string | null {
  try {
    return core.secrets.open(sealed);
  } catch {
    core.log.error({ accountId: account.id }, 'the webhook secret was sealed with another APP_SECRET: set it again');
    return null;
  }
}

async function recordEvents(core: HookCore, account: AccountRow, delivery: HookDelivery): Promise<number> {
  const events = delivery.events.map((event) => feedbackOf(core, account, event));
  try {
    const results = await takeFeedback(core, account.workspaceId, events, async (tx) => {
      if (!(await insertProviderMessage(tx, account.id, delivery.id.slice(0, 500)))) throw new SeenBefore();
    });
    return results.filter((result) => result === 'recorded').length;
  } catch (error) {
    if (error instanceof SeenBefore) return 0;
    throw error;
  }
}

/** Only ever at a host of the provider: the formats see to that. */
async function fetchAtProvider(url: URL): Promise<string> {
  const answer = await guardedExchange(
    { url, headers: {}, allowPrivate: false, timeoutMs: FETCH_TIMEOUT_MS },
    MOST_BYTES,
  );
  if (answer.status !== 200) throw new Error(`${url.hostname} answered ${answer.status}`);
  return answer.body;
}

function feedbackOf({ tokens }: HookCore, account: AccountRow, event: HookEvent): FeedbackEvent {
  const isGeneric = account.type === 'smtp';
  const { type, occurredAt, messageId, remoteId, recipient, response, data } = event;
  const ref = event.tag === null ? null : tokens.readMessageId(`${referenceOfTag(event.tag)}@tag`);
  return {
    type,
    source: isGeneric ? GENERIC_SOURCE : account.type,
    eventId: isGeneric ? `${account.id} ${event.id}` : event.id,
    occurredAt,
    ref,
    messageId,
    remoteId,
    recipient,
    trusted: true,
    response,
    ...reasonOf(event),
    data,
  };
}

type Reason = Pick<FeedbackEvent, 'hard' | 'class' | 'status' | 'reply'>;
const NO_REASON: Reason = { hard: false, class: null, status: null, reply: null };

/**
 * Why it came back: the words of the receiving server decide the class, as for returned mail. It is hard where the provider says
 * that it is permanent and the words do not speak of something else than the address.
 */
function reasonOf({ type, permanent, class: known, status, response }: HookEvent): Reason {
  if (type === 'rejected') return { ...NO_REASON, class: known ?? 'refused' };
  if (type !== 'bounced' && type !== 'delayed') return NO_REASON;
  const delayed = type === 'delayed';
  const said = diagnose({ status, words: response ?? '', more: '', afterData: false, delayed });
  const name = known ?? said.class;
  const isOfAddress = REPLY_CLASSES[name].subject === 'recipient' && !PASSING.has(name);
  return {
    hard: !delayed && (said.hard || (permanent && isOfAddress)),
    class: name,
    status: said.statusDerived ? null : said.status,
    reply: said.reply,
  };
}

/** Of the recipient, and no reason to give the address up, whatever the provider calls it. */
const PASSING: ReadonlySet<string> = new Set([
  'mailbox-full',
  'receiving-too-fast',
  'greylisted',
  'recipient-unverified',
  'too-many-recipients',
  'deferred',
  'recipient-restricted',
  'mail-loop',
  'envelope-invalid',
  'delivery-expired',
]);
