import { randomUUID } from 'node:crypto';
import { MAILGUN_RULES } from '../classify/mailgun-rules.ts';
import type { HttpAnswer, HttpContent } from '../http/http-client.ts';
import { HttpTransport, type HttpTransportOptions } from '../http/http-transport.ts';
import type { Entry, HttpProvider, ProviderAnswer, ProviderCheck } from '../http/provider.ts';
import { rawContent } from '../http/raw-content.ts';
import { jsonObject, readFailure } from '../http/read-answer.ts';
import { tagOfReference } from '../http/reference-tag.ts';
import { type OutgoingMessage, REFERENCE_KEY, type Transport } from '../transport.ts';

export interface MailgunOptions extends HttpTransportOptions {
  readonly apiKey: string;
  /** The sending domain as Mailgun knows it. */
  readonly domain: string;
  readonly region?: 'us' | 'eu';
  readonly baseUrl?: URL;
}

const BASE_URLS = { us: new URL('https://api.mailgun.net'), eu: new URL('https://api.eu.mailgun.net') } as const;

/**
 * A way out over Mailgun, with the message as we made it (documentation.mailgun.com, POST /v3/{domain}/messages.mime). One message a
 * request: a raw message is the same for everybody it goes to.
 */
export function mailgunTransport(options: MailgunOptions): Transport {
  return new HttpTransport(new Mailgun(options), options);
}

class Mailgun implements HttpProvider {
  readonly name = 'Mailgun';
  readonly maxBatch = 1;
  readonly baseUrl: URL;
  readonly #authorization: string;
  readonly #domain: string;

  constructor({ apiKey, domain, region = 'us', baseUrl = BASE_URLS[region] }: MailgunOptions) {
    this.baseUrl = baseUrl;
    this.#domain = domain;
    this.#authorization = `Basic ${Buffer.from(`api:${apiKey}`).toString('base64')}`;
  }

  encode(message: OutgoingMessage): Entry {
    const boundary = `postrider-${randomUUID()}`;
    const field = (name: string, value: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const reference = message.reference?.();
    const head = [
      field('to', message.envelopeTo),
      reference === undefined ? '' : field(`v:${REFERENCE_KEY}`, tagOfReference(reference)),
      `--${boundary}\r\nContent-Disposition: form-data; name="message"; filename="message.eml"\r\n`,
      'Content-Type: message/rfc822\r\n\r\n',
    ];
    return {
      content: Buffer.concat([Buffer.from(head.join('')), rawContent(message), Buffer.from(`\r\n--${boundary}--\r\n`)]),
      headers: { authorization: this.#authorization, 'content-type': `multipart/form-data; boundary=${boundary}` },
      path: `/v3/${encodeURIComponent(this.#domain)}/messages.mime`,
    };
  }

  request([entry]: readonly Entry[]): HttpContent {
    return { headers: entry?.headers ?? {}, body: entry?.content ?? '' };
  }

  read(answer: HttpAnswer): ProviderAnswer {
    const body = jsonObject(answer.body);
    if (answer.status === 200) {
      if (typeof body?.id !== 'string') return { kind: 'unclear', text: 'the answer holds no id' };
      return { kind: 'entries', results: [{ kind: 'accepted', id: body.id.replace(/^<|>$/g, '') }] };
    }
    return readFailure(answer, refusalOf(body), MAILGUN_RULES);
  }

  check(): ProviderCheck {
    return {
      path: `/v4/domains/${encodeURIComponent(this.#domain)}`,
      headers: { authorization: this.#authorization },
      read: (answer) => {
        const body = jsonObject(answer.body);
        const state = (body?.domain as { state?: unknown } | undefined)?.state;
        if (answer.status === 200 && typeof state === 'string')
          return state === 'active'
            ? { ok: true, isKey: true, message: `ready to send from ${this.#domain}` }
            : { ok: false, isKey: true, message: `the domain ${this.#domain} is ${state}` };
        if (answer.status === 401) return { ok: false, isKey: false, message: 'Mailgun does not know the key' };
        const said = refusalOf(body)?.text ?? `it answered ${answer.status}, which is not Mailgun`;
        return { ok: false, isKey: answer.status === 404 && body !== null, message: said };
      },
    };
  }
}

function refusalOf(body: Readonly<Record<string, unknown>> | null): { code: null; text: string } | null {
  return typeof body?.message === 'string' ? { code: null, text: body.message } : null;
}
