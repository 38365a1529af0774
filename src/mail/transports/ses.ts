import type { SESv2Client } from '@aws-sdk/client-sesv2';
import { SES_RULES } from '../classify/ses-rules.ts';
import type { HttpAnswer, HttpContent } from '../http/http-client.ts';
import { HttpTransport, type HttpTransportOptions } from '../http/http-transport.ts';
import type { Entry, HttpProvider, ProviderAnswer, ProviderCheck } from '../http/provider.ts';
import { rawContent } from '../http/raw-content.ts';
import { jsonObject, readFailure } from '../http/read-answer.ts';
import { tagOfReference } from '../http/reference-tag.ts';
import { type OutgoingMessage, REFERENCE_KEY, type Transport } from '../transport.ts';
import { SesRequests } from './ses-requests.ts';

export interface SesOptions extends HttpTransportOptions {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** `eu-west-1` */
  readonly region: string;
  readonly baseUrl?: URL;
}

/**
 * A way out over Amazon SES v2, with the message as we made it (SendEmail with raw content). One message a request:
 * SendBulkEmail takes templates of SES, not messages. SES writes a Message-ID of its own: events are known by their tag.
 */
export function sesTransport(options: SesOptions): Transport {
  return new HttpTransport(new Ses(options), options);
}

class Ses implements HttpProvider {
  readonly name = 'Amazon SES';
  readonly maxBatch = 1;
  readonly baseUrl: URL;
  readonly #requests: SesRequests;

  constructor({ region, accessKeyId, secretAccessKey, baseUrl }: SesOptions) {
    this.baseUrl = baseUrl ?? new URL(`https://email.${region}.amazonaws.com`);
    this.#requests = new SesRequests({ region, accessKeyId, secretAccessKey, endpoint: this.baseUrl });
  }

  async encode(message: OutgoingMessage): Promise<Entry> {
    // Made before anything is awaited: the bytes of a message may lie in memory that the next one uses.
    const data = Buffer.from(rawContent(message));
    const reference = message.reference?.();
    const tags =
      reference === undefined ? {} : { EmailTags: [{ Name: REFERENCE_KEY, Value: tagOfReference(reference) }] };
    const { path, headers, body } = await this.#requests.make(async (client: SESv2Client) => {
      const { SendEmailCommand } = await import('@aws-sdk/client-sesv2');
      const destination = { ToAddresses: [message.envelopeTo] };
      await client.send(new SendEmailCommand({ Destination: destination, Content: { Raw: { Data: data } }, ...tags }));
    });
    return { path, headers, content: body };
  }

  request([entry]: readonly Entry[]): HttpContent {
    return { headers: entry?.headers ?? {}, body: entry?.content ?? '' };
  }

  read(answer: HttpAnswer): ProviderAnswer {
    const body = jsonObject(answer.body);
    if (answer.status === 200) {
      if (typeof body?.MessageId !== 'string') return { kind: 'unclear', text: 'the answer holds no id' };
      return { kind: 'entries', results: [{ kind: 'accepted', id: body.MessageId }] };
    }
    return readFailure(answer, refusalOf(answer, body), SES_RULES);
  }

  async check(): Promise<ProviderCheck> {
    const { path, headers } = await this.#requests.make(async (client: SESv2Client) => {
      const { GetAccountCommand } = await import('@aws-sdk/client-sesv2');
      await client.send(new GetAccountCommand({}));
    });
    return { path, headers, read: readAccount };
  }
}

function readAccount(answer: HttpAnswer): { ok: boolean; isKey: boolean; message: string } {
  const body = jsonObject(answer.body);
  if (answer.status !== 200 || typeof body?.SendingEnabled !== 'boolean') {
    const refusal = refusalOf(answer, body);
    const isKey = refusal?.code === 'AccessDenied';
    const message = refusal?.text ?? `it answered ${answer.status}, which is not Amazon SES`;
    return { ok: false, isKey, message };
  }
  if (!body.SendingEnabled) return { ok: false, isKey: true, message: 'sending is switched off for this account' };
  const quota = body.SendQuota as { Max24HourSend?: number; MaxSendRate?: number } | undefined;
  const limits = quota ? `: ${quota.Max24HourSend} messages a day, ${quota.MaxSendRate} a second` : '';
  const sandbox = body.ProductionAccessEnabled === false ? ', to verified addresses only (sandbox)' : '';
  return { ok: true, isKey: true, message: `ready to send${limits}${sandbox}` };
}

/** `x-amzn-ErrorType: TooManyRequestsException:http://…`, or `__type` with a namespace in front. */
function refusalOf(
  { headers }: HttpAnswer,
  body: Readonly<Record<string, unknown>> | null,
): { code: string; text: string } | null {
  const type = headers['x-amzn-errortype'] ?? body?.__type ?? body?.code;
  if (typeof type !== 'string') return null;
  const code = (type.split(':')[0] ?? '').replace(/^.*#/, '').replace(/Exception$/, '');
  const said = body?.message ?? body?.Message;
  return { code, text: typeof said === 'string' ? said : code };
}
