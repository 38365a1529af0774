import { POSTMARK_RULES } from '../classify/postmark-rules.ts';
import { classifyRefusal } from '../classify/provider-rule.ts';
import type { HttpAnswer, HttpContent } from '../http/http-client.ts';
import { HttpTransport, type HttpTransportOptions } from '../http/http-transport.ts';
import { mailboxText, partsOf } from '../http/json-parts.ts';
import type { Entry, EntryResult, HttpProvider, ProviderAnswer, ProviderCheck } from '../http/provider.ts';
import { jsonObject, jsonOf, readFailure } from '../http/read-answer.ts';
import { tagOfReference } from '../http/reference-tag.ts';
import { type OutgoingMessage, REFERENCE_KEY, type Transport } from '../transport.ts';

export interface PostmarkOptions extends HttpTransportOptions {
  readonly token: string;
  /** The message stream; campaigns belong into one for broadcasts. */
  readonly stream?: string;
  readonly baseUrl?: URL;
  /** Messages a request, at most 50. */
  readonly maxBatch?: number;
}

const BASE_URL = new URL('https://api.postmarkapp.com');
/** Postmark takes 500; a lost answer leaves as many `unknown` as a request carries. */
const MAX_BATCH = 50;
/** Without it Postmark writes a Message-ID of its own (postmarkapp.com/support/article/1036). */
const KEEP_ID = { 'X-PM-KeepID': 'true' };
const DEFAULT_STREAM = 'broadcast';

/** A way out over Postmark (postmarkapp.com/developer/api/email-api, "Send batch emails"). */
export function postmarkTransport(options: PostmarkOptions): Transport {
  return new HttpTransport(new Postmark(options), options);
}

class Postmark implements HttpProvider {
  readonly name = 'Postmark';
  readonly baseUrl: URL;
  readonly maxBatch: number;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #stream: string;

  constructor({ token, stream = DEFAULT_STREAM, baseUrl = BASE_URL, maxBatch = MAX_BATCH }: PostmarkOptions) {
    this.baseUrl = baseUrl;
    this.maxBatch = Math.min(maxBatch, MAX_BATCH);
    this.#stream = stream;
    this.#headers = {
      accept: 'application/json',
      'content-type': 'application/json',
      'x-postmark-server-token': token,
    };
  }

  encode(message: OutgoingMessage): Entry {
    const { from, replyTo, to, subject, html, text, headers, attachments } = partsOf(message);
    const content = JSON.stringify({
      From: mailboxText(from),
      To: mailboxText(to),
      ...(replyTo && { ReplyTo: mailboxText(replyTo) }),
      Subject: subject,
      ...(html === undefined ? {} : { HtmlBody: html }),
      TextBody: text,
      MessageStream: this.#stream,
      Headers: Object.entries({ ...headers, ...KEEP_ID }).map(([Name, Value]) => ({ Name, Value })),
      ...(message.reference && { Metadata: { [REFERENCE_KEY]: tagOfReference(message.reference()) } }),
      Attachments: attachments.map(({ filename, contentType, content: bytes, cid }) => ({
        Name: filename,
        ContentType: contentType,
        Content: bytes.toString('base64'),
        ...(cid === undefined ? {} : { ContentID: `cid:${cid}` }),
      })),
    });
    return { content, path: '/email/batch' };
  }

  request(entries: readonly Entry[]): HttpContent {
    return { headers: this.#headers, body: `[${entries.map(({ content }) => content).join(',')}]` };
  }

  read(answer: HttpAnswer): ProviderAnswer {
    const body = jsonOf(answer.body);
    if (answer.status === 200) {
      const results = Array.isArray(body) ? body.map(resultOf) : [null];
      if (!results.every((one) => one !== null))
        return { kind: 'unclear', text: 'the answer is not the list it should be' };
      return { kind: 'entries', results };
    }
    return readFailure(answer, refusalOf(body), POSTMARK_RULES);
  }

  check(): ProviderCheck {
    return {
      path: '/server',
      headers: this.#headers,
      read: (answer) => {
        const body = jsonObject(answer.body);
        if (answer.status === 200 && typeof body?.Name === 'string')
          return { ok: true, isKey: true, message: `ready to send as server ${body.Name}, stream ${this.#stream}` };
        const said = refusalOf(body)?.text ?? `it answered ${answer.status}, which is not Postmark`;
        return { ok: false, isKey: false, message: said };
      },
    };
  }
}

function refusalOf(body: unknown): { code: number; text: string } | null {
  if (typeof body !== 'object' || body === null || !('ErrorCode' in body)) return null;
  const text = 'Message' in body && typeof body.Message === 'string' ? body.Message : 'no words';
  return { code: Number(body.ErrorCode), text };
}

function resultOf(one: unknown): EntryResult | null {
  const refusal = refusalOf(one);
  if (refusal === null) return null;
  const { code, text } = refusal;
  if (code !== 0) {
    const cls = classifyRefusal(POSTMARK_RULES, { status: 422, code, text });
    return { kind: 'refused', code: 422, text: `${text} (${code})`, class: cls };
  }
  return { kind: 'accepted', id: String((one as { MessageID?: unknown }).MessageID ?? '') };
}
