import { randomUUID } from 'node:crypto';
import type { FakeAnswer, FakeApi, FakeRequest, FakeState } from './fake-provider.ts';

interface SendGridMail {
  readonly personalizations?: ReadonlyArray<{
    readonly to?: ReadonlyArray<{ readonly email: string }>;
    readonly custom_args?: Readonly<Record<string, string>>;
  }>;
  readonly from?: { readonly email?: string };
  readonly subject?: string;
  readonly content?: ReadonlyArray<{ readonly type: string; readonly value: string }>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly attachments?: ReadonlyArray<{
    readonly content: string;
    readonly filename: string;
    readonly type: string;
    readonly disposition: string;
    readonly content_id?: string;
  }>;
}

const RESERVED =
  /^(?:x-sg-id|x-sg-eid|received|dkim-signature|content-type|content-transfer-encoding|to|from|subject|reply-to|cc|bcc)$/i;

/** twilio.com/docs/sendgrid/api-reference/mail-send/mail-send: 202 without a body, the id in X-Message-Id. */
export class FakeSendGrid implements FakeApi {
  readonly key = 'SG.0123456789';

  answer({ method, path, headers, body }: FakeRequest, state: FakeState): FakeAnswer {
    if (headers.authorization !== `Bearer ${this.key}` || state.isKeyRevoked)
      return refusal(401, 'The provided authorization grant is invalid, expired, or revoked');
    if (method === 'GET' && path === '/v3/scopes') return { status: 200, body: { scopes: ['mail.send'] } };
    if (path !== '/v3/mail/send') return refusal(404, 'not found');
    if (state.isQuotaUsedUp) return refusal(401, 'Maximum credits exceeded');
    const mail = JSON.parse(body.toString('utf8')) as SendGridMail;
    const [personalization] = mail.personalizations ?? [];
    const to = personalization?.to?.[0]?.email.toLowerCase();
    if (to === undefined) return refusal(400, 'The to array is required.', 'personalizations.0.to');
    if (state.invalid.has(to))
      return refusal(400, 'Does not contain a valid address.', 'personalizations.0.to.0.email');
    if (!mail.from?.email) return refusal(400, 'The from object must be provided.', 'from.email');
    const [first] = mail.content ?? [];
    if (first === undefined || mail.content?.some(({ value }) => value === ''))
      return refusal(400, 'The content value must be a string at least one character in length.', 'content');
    if (Object.keys(mail.headers ?? {}).some((name) => RESERVED.test(name)))
      return refusal(400, 'The header is reserved.', 'headers');
    const id = randomUUID();
    const part = (type: string) => mail.content?.find((one) => one.type === type)?.value ?? null;
    const taken = {
      recipient: to,
      id,
      from: mail.from.email,
      subject: mail.subject ?? '',
      html: part('text/html'),
      text: part('text/plain'),
      headers: new Map(Object.entries(mail.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
      attachments: (mail.attachments ?? []).map((one) => ({
        filename: one.filename,
        contentType: one.type,
        content: Buffer.from(one.content, 'base64'),
        cid: one.disposition === 'inline' ? (one.content_id ?? null) : null,
      })),
      reference: personalization?.custom_args?.postrider_ref ?? null,
    };
    return { status: 202, body: '', headers: { 'x-message-id': id }, mails: [taken] };
  }

  /** No Retry-After here: only when the limit is reset, in seconds since 1970. */
  tooMany(retryAfterSeconds: number): FakeAnswer {
    const reset = String(Math.floor(Date.now() / 1000) + retryAfterSeconds);
    const headers = { 'x-ratelimit-limit': '600', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
    return { ...refusal(429, 'too many requests'), headers };
  }

  broken(status: number): FakeAnswer {
    return { status, body: { errors: [{ message: 'internal error', field: null }] } };
  }
}

function refusal(status: number, message: string, field: string | null = null): FakeAnswer {
  return { status, body: { errors: [{ message, field, help: null }] } };
}
