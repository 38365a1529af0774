import { createHash, randomUUID } from 'node:crypto';
import { classifyRefusal } from '../classify/provider-rule.ts';
import { RESEND_RULES } from '../classify/resend-rules.ts';
import type { HttpAnswer, HttpContent } from '../http/http-client.ts';
import { HttpTransport, type HttpTransportOptions } from '../http/http-transport.ts';
import { mailboxText, partsOf } from '../http/json-parts.ts';
import type { Entry, EntryResult, HttpProvider, ProviderAnswer, ProviderCheck } from '../http/provider.ts';
import { jsonObject, readFailure } from '../http/read-answer.ts';
import { tagOfReference } from '../http/reference-tag.ts';
import { type OutgoingMessage, REFERENCE_KEY, type Transport } from '../transport.ts';

export interface ResendOptions extends HttpTransportOptions {
  readonly apiKey: string;
  readonly baseUrl?: URL;
  /** Messages a request, at most 100. */
  readonly maxBatch?: number;
  readonly minIntervalMs?: number;
}

const BASE_URL = new URL('https://api.resend.com');
const MAX_BATCH = 100;
/** Two requests a second for a team (resend.com/docs/api-reference/rate-limit; newer copies say five). */
const MIN_INTERVAL_MS = 500;
/** resend.com/docs/api-reference/emails/send-batch-emails: attachments have to go one by one. */
const BATCH_PATH = '/emails/batch';
const SINGLE_PATH = '/emails';

/**
 * A way out over Resend. The only one of the providers with an idempotency key for requests (resend.com/docs/dashboard/emails/
 * idempotency-keys: 24 hours, 256 characters): a request whose answer was lost is repeated as it was, and nothing stays unknown
 * that Resend can still tell.
 */
export function resendTransport(options: ResendOptions): Transport {
  return new HttpTransport(new Resend(options), options);
}

class Resend implements HttpProvider {
  readonly name = 'Resend';
  readonly isIdempotent = true;
  readonly baseUrl: URL;
  readonly maxBatch: number;
  readonly minIntervalMs: number;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ apiKey, baseUrl = BASE_URL, maxBatch = MAX_BATCH, minIntervalMs = MIN_INTERVAL_MS }: ResendOptions) {
    this.baseUrl = baseUrl;
    this.maxBatch = Math.min(maxBatch, MAX_BATCH);
    this.minIntervalMs = minIntervalMs;
    this.#headers = {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      // Resend answers 403 without one (resend.com/docs/knowledge-base/403-error-1010).
      'user-agent': 'postrider',
    };
  }

  encode(message: OutgoingMessage): Entry {
    const { from, replyTo, subject, html, text, headers, attachments } = partsOf(message);
    const reference = message.reference?.();
    const isAlone = attachments.length > 0;
    const content = JSON.stringify({
      from: mailboxText(from),
      to: [message.envelopeTo],
      ...(replyTo && { reply_to: mailboxText(replyTo) }),
      subject,
      ...(html === undefined ? {} : { html }),
      text,
      headers,
      ...(reference !== undefined && { tags: [{ name: REFERENCE_KEY, value: tagOfReference(reference) }] }),
      ...(isAlone && {
        attachments: attachments.map(({ filename, contentType, content: bytes, cid }) => ({
          filename,
          content: bytes.toString('base64'),
          content_type: contentType,
          ...(cid === undefined ? {} : { content_id: cid }),
        })),
      }),
    });
    const key = `${reference ?? randomUUID()}/${message.attempt ?? 1}`;
    return { content, key, isAlone, path: isAlone ? SINGLE_PATH : BATCH_PATH };
  }

  request(entries: readonly Entry[]): HttpContent {
    const contents = entries.map(({ content }) => content).join(',');
    const isSingle = entries[0]?.path === SINGLE_PATH;
    const body = isSingle ? contents : `[${contents}]`;
    // With the body in it, no two bodies ever share a key, also when an attempt that came to nothing is given back.
    const hash = createHash('sha256')
      .update(entries.map(({ key }) => key).join(' '))
      .update('\n')
      .update(body);
    const headers = { ...this.#headers, 'idempotency-key': hash.digest('base64url') };
    return { body, headers: isSingle ? headers : { ...headers, 'x-batch-validation': 'permissive' } };
  }

  read(answer: HttpAnswer, count: number): ProviderAnswer {
    const body = jsonObject(answer.body);
    if (answer.status >= 200 && answer.status < 300) {
      const results = resultsOf(body, count);
      if (results === null) return { kind: 'unclear', text: 'the answer is not the list it should be' };
      return { kind: 'entries', results };
    }
    const refusal = refusalOf(body);
    // The first is a race with our own earlier try; the second says that the key was used for something else.
    if (answer.status === 409) {
      const isFinal = refusal?.code !== 'concurrent_idempotent_requests';
      return { kind: 'unclear', text: `409 ${refusal?.text ?? 'no words'}`, isFinal };
    }
    return readFailure(answer, refusal, RESEND_RULES);
  }

  check(): ProviderCheck {
    return {
      path: '/domains',
      headers: this.#headers,
      read: (answer) => {
        const body = jsonObject(answer.body);
        const refusal = refusalOf(body);
        if (answer.status === 200 && Array.isArray(body?.data)) {
          const verified = body.data.filter((one: unknown) => (one as { status?: unknown }).status === 'verified');
          const names = verified.map((one: unknown) => String((one as { name?: unknown }).name)).join(', ');
          return verified.length > 0
            ? { ok: true, isKey: true, message: `ready to send from ${names}` }
            : { ok: false, isKey: true, message: 'no domain of the team is verified' };
        }
        // A key that may only send is a good one.
        if (refusal?.code === 'restricted_api_key') return { ok: true, isKey: true, message: 'ready to send' };
        return {
          ok: false,
          isKey: false,
          message: refusal?.text ?? `it answered ${answer.status}, which is not Resend`,
        };
      },
    };
  }
}

function refusalOf(body: Readonly<Record<string, unknown>> | null): { code: string; text: string } | null {
  if (typeof body?.name !== 'string') return null;
  return { code: body.name, text: typeof body.message === 'string' ? body.message : body.name };
}

/** One id, or ids of those that were taken and the places of those that were not. Null when they do not add up. */
function resultsOf(body: Readonly<Record<string, unknown>> | null, count: number): EntryResult[] | null {
  if (count === 1 && typeof body?.id === 'string') return [{ kind: 'accepted', id: body.id }];
  if (!Array.isArray(body?.data)) return null;
  const ids = body.data.map((one: unknown) => (one as { id?: unknown } | null)?.id);
  const errors = new Map<unknown, string>();
  for (const error of Array.isArray(body.errors) ? body.errors : []) {
    const { index, message } = error as { index?: unknown; message?: unknown };
    errors.set(index, String(message));
  }
  if (ids.length + errors.size !== count || !ids.every((id) => typeof id === 'string')) return null;
  let next = 0;
  const results: EntryResult[] = [];
  for (let i = 0; i < count; i++) {
    const text = errors.get(i);
    results.push(text === undefined ? { kind: 'accepted', id: String(ids[next++]) } : refused(text));
  }
  return next === ids.length ? results : null;
}

function refused(text: string): EntryResult {
  const cls = classifyRefusal(RESEND_RULES, { status: 422, code: 'validation_error', text });
  return { kind: 'refused', code: 422, text, class: cls };
}
