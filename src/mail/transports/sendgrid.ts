import { SENDGRID_RULES } from '../classify/sendgrid-rules.ts';
import type { HttpAnswer, HttpContent } from '../http/http-client.ts';
import { HttpTransport, type HttpTransportOptions } from '../http/http-transport.ts';
import { partsOf } from '../http/json-parts.ts';
import type { Entry, HttpProvider, ProviderAnswer, ProviderCheck } from '../http/provider.ts';
import { jsonObject, readFailure } from '../http/read-answer.ts';
import { tagOfReference } from '../http/reference-tag.ts';
import type { Mailbox } from '../message.ts';
import { type OutgoingMessage, REFERENCE_KEY, type Transport } from '../transport.ts';

export interface SendGridOptions extends HttpTransportOptions {
  readonly apiKey: string;
  readonly baseUrl?: URL;
}

const BASE_URL = new URL('https://api.sendgrid.com');

/**
 * A way out over SendGrid (twilio.com/docs/sendgrid/api-reference/mail-send/mail-send). One message a request: its
 * personalizations share one content, and one bad address refuses all of them.
 */
export function sendGridTransport(options: SendGridOptions): Transport {
  return new HttpTransport(new SendGrid(options), options);
}

class SendGrid implements HttpProvider {
  readonly name = 'SendGrid';
  readonly maxBatch = 1;
  readonly baseUrl: URL;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ apiKey, baseUrl = BASE_URL }: SendGridOptions) {
    this.baseUrl = baseUrl;
    this.#headers = {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      accept: 'application/json',
    };
  }

  encode(message: OutgoingMessage): Entry {
    const { from, replyTo, to, subject, html, text, headers, attachments } = partsOf(message);
    const reference = message.reference?.();
    const content = JSON.stringify({
      personalizations: [
        {
          to: [mailboxOf({ ...to, address: message.envelopeTo })],
          ...(reference !== undefined && { custom_args: { [REFERENCE_KEY]: tagOfReference(reference) } }),
        },
      ],
      from: mailboxOf(from),
      ...(replyTo && { reply_to: mailboxOf(replyTo) }),
      subject,
      // Plain text comes first, and neither may be empty.
      content: [
        { type: 'text/plain', value: text },
        { type: 'text/html', value: html ?? '' },
      ].filter(({ value }) => value !== ''),
      headers,
      ...(attachments.length > 0 && {
        attachments: attachments.map(({ filename, contentType, content: bytes, cid }) => ({
          content: bytes.toString('base64'),
          filename,
          type: contentType,
          ...(cid === undefined ? { disposition: 'attachment' } : { disposition: 'inline', content_id: cid }),
        })),
      }),
    });
    return { content, path: '/v3/mail/send' };
  }

  request([entry]: readonly Entry[]): HttpContent {
    return { headers: this.#headers, body: entry?.content ?? '' };
  }

  read(answer: HttpAnswer): ProviderAnswer {
    if (answer.status === 202) {
      const id = answer.headers['x-message-id'];
      return { kind: 'entries', results: [{ kind: 'accepted', id: typeof id === 'string' ? id : '' }] };
    }
    return readFailure(answer, refusalOf(answer.body), SENDGRID_RULES);
  }

  check(): ProviderCheck {
    return {
      path: '/v3/scopes',
      headers: this.#headers,
      read: (answer) => {
        const scopes = jsonObject(answer.body)?.scopes;
        if (answer.status === 200 && Array.isArray(scopes))
          return scopes.includes('mail.send')
            ? { ok: true, isKey: true, message: 'ready to send' }
            : { ok: false, isKey: true, message: 'the key lacks the scope mail.send' };
        const said = refusalOf(answer.body)?.text ?? `it answered ${answer.status}, which is not SendGrid`;
        return { ok: false, isKey: false, message: said };
      },
    };
  }
}

function mailboxOf({ name, address }: Mailbox): { email: string; name?: string } {
  return name === undefined || name === '' ? { email: address } : { email: address, name };
}

/** Each error in words, with the field it speaks of in brackets. */
function refusalOf(body: string): { code: null; text: string } | null {
  const errors = jsonObject(body)?.errors;
  if (!Array.isArray(errors)) return null;
  const words = errors.map((error: unknown) => {
    const { message, field } = error as { message?: unknown; field?: unknown };
    return typeof field === 'string' ? `${message} [${field}]` : String(message);
  });
  return { code: null, text: words.join('; ') };
}
