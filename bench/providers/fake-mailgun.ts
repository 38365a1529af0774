import { randomUUID } from 'node:crypto';
import { addressOf, readRawMail } from './fake-mail.ts';
import type { FakeAnswer, FakeApi, FakeRequest, FakeState } from './fake-provider.ts';

/** documentation.mailgun.com: POST /v3/{domain}/messages.mime, GET /v4/domains/{domain}. */
export class FakeMailgun implements FakeApi {
  readonly key = 'key-0123456789';
  readonly domain = 'mg.acme.test';

  async answer({ method, path, headers, body }: FakeRequest, state: FakeState): Promise<FakeAnswer> {
    const login = Buffer.from(`api:${this.key}`).toString('base64');
    if (headers.authorization !== `Basic ${login}` || state.isKeyRevoked) return { status: 401, body: 'Forbidden' };
    if (method === 'GET' && path === `/v4/domains/${this.domain}`)
      return { status: 200, body: { domain: { name: this.domain, state: 'active' } } };
    if (path !== `/v3/${this.domain}/messages.mime`) return refusal(404, 'Domain not found');
    if (state.isQuotaUsedUp)
      return refusal(403, `Domain ${this.domain} is not allowed to send: recipient limit exceeded`);
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': headers['content-type'] ?? '' },
    }).formData();
    const to = form.get('to');
    const message = form.get('message');
    if (typeof to !== 'string') return refusal(400, 'to parameter is missing');
    if (!(message instanceof Blob)) return refusal(400, 'message parameter is not a file');
    const recipient = addressOf(to);
    if (state.invalid.has(recipient)) return refusal(400, `'to' parameter is not a valid address. please check`);
    const id = `${randomUUID()}@${this.domain}`;
    const reference = form.get('v:postrider_ref');
    const mail = await readRawMail(Buffer.from(await message.arrayBuffer()), {
      recipient,
      id,
      reference: typeof reference === 'string' ? reference : null,
    });
    return { status: 200, body: { id: `<${id}>`, message: 'Queued. Thank you.' }, mails: [mail] };
  }

  tooMany(retryAfterSeconds: number): FakeAnswer {
    return { ...refusal(429, 'Too many requests'), headers: { 'retry-after': String(retryAfterSeconds) } };
  }

  broken(status: number): FakeAnswer {
    return { status, body: { message: 'Internal Server Error' } };
  }
}

function refusal(status: number, message: string): FakeAnswer {
  return { status, body: { message } };
}
