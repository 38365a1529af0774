import { randomUUID } from 'node:crypto';
import { addressOf, type FakeMail } from './fake-mail.ts';
import type { FakeAnswer, FakeApi, FakeRequest, FakeState } from './fake-provider.ts';

interface PostmarkMail {
  readonly From?: unknown;
  readonly To?: unknown;
  readonly Subject?: unknown;
  readonly HtmlBody?: string;
  readonly TextBody?: string;
  readonly MessageStream?: unknown;
  readonly Headers?: ReadonlyArray<{ readonly Name: string; readonly Value: string }>;
  readonly Metadata?: Readonly<Record<string, string>>;
  readonly Attachments?: ReadonlyArray<{
    readonly Name: string;
    readonly ContentType: string;
    readonly Content: string;
    readonly ContentID?: string;
  }>;
}

/** postmarkapp.com/developer/api/email-api, "Send batch emails": 200 with a result for each message. */
export class FakePostmark implements FakeApi {
  readonly key = 'pm-token-0123456789';

  answer({ method, path, headers, body }: FakeRequest, state: FakeState): FakeAnswer {
    if (headers['x-postmark-server-token'] !== this.key || state.isKeyRevoked)
      return refusal(401, 10, 'Request does not contain a valid Server token.');
    if (method === 'GET' && path === '/server') return { status: 200, body: { ID: 1, Name: 'Production' } };
    if (path !== '/email/batch') return { status: 404, body: 'not found' };
    const mails = JSON.parse(body.toString('utf8')) as PostmarkMail[];
    if (!Array.isArray(mails)) return refusal(422, 403, 'The JSON is not what is expected.');
    if (mails.length > 500) return refusal(422, 410, 'More than 500 messages in a batch.');
    const results = mails.map((mail) => this.#one(mail, state));
    return {
      status: 200,
      body: results.map(({ result }) => result),
      mails: results.flatMap(({ mail }) => (mail === null ? [] : [mail])),
    };
  }

  tooMany(retryAfterSeconds: number): FakeAnswer {
    return { ...refusal(429, 429, 'Rate limit exceeded.'), headers: { 'retry-after': String(retryAfterSeconds) } };
  }

  broken(status: number): FakeAnswer {
    return { status, body: 'Internal Server Error' };
  }

  #one(mail: PostmarkMail, state: FakeState): { result: object; mail: FakeMail | null } {
    const no = (ErrorCode: number, Message: string) => ({ result: { ErrorCode, Message }, mail: null });
    if (typeof mail.From !== 'string') return no(300, "Invalid 'From' address.");
    if (typeof mail.To !== 'string' || typeof mail.Subject !== 'string') return no(300, "Invalid 'To' address.");
    if (mail.HtmlBody === undefined && mail.TextBody === undefined) return no(300, 'Provide either email TextBody.');
    const recipient = addressOf(mail.To);
    if (state.isQuotaUsedUp) return no(405, 'You are out of credits: not allowed to send.');
    if (state.invalid.has(recipient)) return no(300, `Error parsing 'To': Illegal email address '${recipient}'.`);
    if (state.suppressed.has(recipient))
      return no(406, `You tried to send to recipients that are inactive: ${recipient}.`);
    const id = randomUUID();
    return {
      result: { To: mail.To, SubmittedAt: new Date().toISOString(), MessageID: id, ErrorCode: 0, Message: 'OK' },
      mail: {
        recipient,
        id,
        from: mail.From,
        subject: mail.Subject,
        html: mail.HtmlBody ?? null,
        text: mail.TextBody ?? null,
        headers: new Map((mail.Headers ?? []).map(({ Name, Value }) => [Name.toLowerCase(), Value])),
        attachments: (mail.Attachments ?? []).map(({ Name, ContentType, Content, ContentID }) => ({
          filename: Name,
          contentType: ContentType,
          content: Buffer.from(Content, 'base64'),
          cid: ContentID?.replace(/^cid:/, '') ?? null,
        })),
        reference: mail.Metadata?.postrider_ref ?? null,
      },
    };
  }
}

function refusal(status: number, ErrorCode: number, Message: string): FakeAnswer {
  return { status, body: { ErrorCode, Message } };
}
