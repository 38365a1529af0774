import { randomUUID } from 'node:crypto';
import { readRawMail } from './fake-mail.ts';
import type { FakeAnswer, FakeApi, FakeRequest, FakeState } from './fake-provider.ts';

interface SesMail {
  readonly Destination?: { readonly ToAddresses?: readonly string[] };
  readonly Content?: { readonly Raw?: { readonly Data?: string } };
  readonly EmailTags?: ReadonlyArray<{ readonly Name: string; readonly Value: string }>;
}

const TAG = /^[A-Za-z0-9_-]{1,256}$/;

/**
 * Amazon SES v2 (docs.aws.amazon.com/ses/latest/APIReference-V2): SendEmail with raw content, GetAccount. Of a signature it
 * checks whose it is and what it is for, not the hash.
 */
export class FakeSes implements FakeApi {
  readonly key = 'AKIA0123456789';
  readonly region = 'eu-west-1';

  async answer({ method, path, headers, body }: FakeRequest, state: FakeState): Promise<FakeAnswer> {
    const { authorization = '' } = headers;
    const scope = new RegExp(
      `^AWS4-HMAC-SHA256 Credential=${this.key}/\\d{8}/${this.region}/ses/aws4_request, SignedHeaders=\\S*host\\S*, Signature=[0-9a-f]{64}$`,
    );
    if (!scope.test(authorization) || headers['x-amz-date'] === undefined || state.isKeyRevoked)
      return refusal(403, 'UnrecognizedClientException', 'The security token included in the request is invalid.');
    if (method === 'GET' && path === '/v2/email/account')
      return {
        status: 200,
        body: {
          SendingEnabled: true,
          ProductionAccessEnabled: true,
          SendQuota: { Max24HourSend: 50_000, MaxSendRate: 14, SentLast24Hours: 1 },
        },
      };
    if (path !== '/v2/email/outbound-emails') return refusal(404, 'NotFoundException', 'Not found');
    if (state.isQuotaUsedUp) return refusal(429, 'TooManyRequestsException', 'Daily message quota exceeded.');
    const mail = JSON.parse(body.toString('utf8')) as SesMail;
    const to = mail.Destination?.ToAddresses?.[0]?.toLowerCase();
    const data = mail.Content?.Raw?.Data;
    if (to === undefined || data === undefined) return refusal(400, 'BadRequestException', 'Missing required field.');
    if (mail.EmailTags?.some(({ Name, Value }) => !TAG.test(Name) || !TAG.test(Value)))
      return refusal(400, 'BadRequestException', 'Invalid tag.');
    if (state.invalid.has(to))
      return refusal(400, 'BadRequestException', 'Local address contains control or whitespace');
    const id = randomUUID();
    const reference = mail.EmailTags?.find(({ Name }) => Name === 'postrider_ref')?.Value ?? null;
    const taken = await readRawMail(Buffer.from(data, 'base64'), { recipient: to, id, reference });
    return { status: 200, body: { MessageId: id }, mails: [taken] };
  }

  tooMany(retryAfterSeconds: number): FakeAnswer {
    const answer = refusal(429, 'TooManyRequestsException', 'Maximum sending rate exceeded.');
    return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } };
  }

  broken(status: number): FakeAnswer {
    return refusal(status, 'InternalFailure', 'An internal error occurred.');
  }
}

function refusal(status: number, type: string, message: string): FakeAnswer {
  return { status, body: { message }, headers: { 'x-amzn-errortype': `${type}:http://internal.amazon.com/` } };
}
