import { createHash, randomUUID } from 'node:crypto';
import { addressOf, type FakeMail } from './fake-mail.ts';
import type { FakeAnswer, FakeApi, FakeRequest, FakeState } from './fake-provider.ts';

interface ResendMail {
  readonly from?: unknown;
  readonly to?: readonly string[];
  readonly subject?: unknown;
  readonly html?: string;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tags?: ReadonlyArray<{ readonly name: string; readonly value: string }>;
  readonly attachments?: ReadonlyArray<{
    readonly filename: string;
    readonly content: string;
    readonly content_type: string;
    readonly content_id?: string;
  }>;
}

const TAG = /^[A-Za-z0-9_-]{1,256}$/;

/**
 * resend.com/docs/api-reference: /emails, /emails/batch with strict or permissive validation, and the idempotency key: the first
 * answer again for the same body, 409 for another one, and 409 while the first is under way.
 */
export class FakeResend implements FakeApi {
  readonly key = 're_0123456789';
  readonly #known = new Map<string, { readonly hash: string; readonly answer: FakeAnswer }>();
  /** Requests that were answered from memory. */
  repeats = 0;

  answer(request: FakeRequest, state: FakeState): FakeAnswer {
    const { method, path, headers, body } = request;
    if (headers.authorization === undefined) return refusal(401, 'missing_api_key', 'Missing API key.');
    if (headers.authorization !== `Bearer ${this.key}` || state.isKeyRevoked)
      return refusal(403, 'invalid_api_key', 'API key is invalid');
    if (method === 'GET' && path === '/domains')
      return { status: 200, body: { data: [{ name: 'acme.test', status: 'verified' }] } };
    if (path !== '/emails' && path !== '/emails/batch') return refusal(404, 'not_found', 'Not found.');
    const key = headers['idempotency-key'];
    if (typeof key !== 'string' || key.length < 1 || key.length > 256)
      return refusal(400, 'invalid_idempotency_key', 'The key must be between 1-256 chars.');
    const hash = createHash('sha256').update(path).update(body).digest('hex');
    const known = this.#known.get(key);
    if (known !== undefined) return this.#again(known, hash);
    const answer = this.#first(request, state);
    if (answer.status < 300) this.#known.set(key, { hash, answer });
    return answer;
  }

  tooMany(retryAfterSeconds: number): FakeAnswer {
    const answer = refusal(429, 'rate_limit_exceeded', 'Too many requests. You can only make 2 requests per second.');
    return { ...answer, headers: { 'retry-after': String(retryAfterSeconds), 'ratelimit-remaining': '0' } };
  }

  broken(status: number): FakeAnswer {
    return refusal(status, 'application_error', 'An unexpected error occurred.');
  }

  #again(known: { readonly hash: string; readonly answer: FakeAnswer }, hash: string): FakeAnswer {
    if (known.hash !== hash)
      return refusal(409, 'invalid_idempotent_request', 'Same idempotency key used with a different payload.');
    this.repeats++;
    return { status: known.answer.status, body: known.answer.body };
  }

  #first({ path, headers, body }: FakeRequest, state: FakeState): FakeAnswer {
    if (state.isQuotaUsedUp) return refusal(429, 'daily_quota_exceeded', 'You have reached your daily email quota.');
    const parsed = JSON.parse(body.toString('utf8')) as ResendMail | ResendMail[];
    const isBatch = path === '/emails/batch';
    if (isBatch !== Array.isArray(parsed)) return refusal(422, 'validation_error', 'Wrong kind of payload.');
    const mails = Array.isArray(parsed) ? parsed : [parsed];
    if (mails.length > 100) return refusal(422, 'validation_error', 'More than 100 emails.');
    const problems = mails.map((mail) => problemOf(mail, isBatch, state));
    const first = problems.find((problem) => problem !== null);
    if (first != null && !(isBatch && headers['x-batch-validation'] === 'permissive'))
      return refusal(422, 'validation_error', first);
    const taken = mails.flatMap((mail, i) => (problems[i] === null ? [toMail(mail)] : []));
    if (!isBatch) return { status: 200, body: { id: taken[0]?.id }, mails: taken };
    const errors = problems.flatMap((message, index) => (message === null ? [] : [{ index, message }]));
    return { status: 200, body: { data: taken.map(({ id }) => ({ id })), errors }, mails: taken };
  }
}

function problemOf(mail: ResendMail, isBatch: boolean, state: FakeState): string | null {
  const [to, ...more] = mail.to ?? [];
  if (typeof mail.from !== 'string' || !addressOf(mail.from).includes('@')) return 'Invalid `from` field.';
  if (to === undefined || more.length > 0) return 'Missing `to` field.';
  if (typeof mail.subject !== 'string') return 'Missing `subject` field.';
  if (mail.html === undefined && mail.text === undefined) return 'Missing `html` or `text` field.';
  if (isBatch && mail.attachments !== undefined) return 'The `attachments` field is not supported in batches.';
  if (mail.tags?.some(({ name, value }) => !TAG.test(name) || !TAG.test(value)))
    return 'Tags should only contain ASCII.';
  if (state.invalid.has(addressOf(to))) return 'Invalid `to` field. The email address needs to follow the format.';
  if (state.suppressed.has(addressOf(to))) return 'The address is on the suppression list.';
  return null;
}

function toMail({ from, to, subject, html, text, headers, tags, attachments }: ResendMail): FakeMail {
  return {
    recipient: addressOf(to?.[0] ?? ''),
    id: randomUUID(),
    from: String(from),
    subject: String(subject),
    html: html ?? null,
    text: text ?? null,
    headers: new Map(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
    attachments: (attachments ?? []).map((one) => ({
      filename: one.filename,
      contentType: one.content_type,
      content: Buffer.from(one.content, 'base64'),
      cid: one.content_id ?? null,
    })),
    reference: tags?.find(({ name }) => name === 'postrider_ref')?.value ?? null,
  };
}

function refusal(statusCode: number, name: string, message: string): FakeAnswer {
  return { status: statusCode, body: { statusCode, name, message } };
}
