import type { SESv2Client } from '@aws-sdk/client-sesv2';
import { messageOf } from '../../errors.ts';
import { EncodeTrouble } from '../http/provider.ts';

export interface SesLogin {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly endpoint: URL;
}

export interface SignedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What the SDK hands to its handler, as far as it is looked at. */
interface SdkRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Ends a command of the SDK when its request is made. */
class RequestMade extends Error {
  readonly request: SignedRequest;

  constructor(request: SignedRequest) {
    super('the request leaves by another way');
    this.request = request;
  }
}

/**
 * Requests to Amazon SES, made and signed by the AWS SDK and not sent by it: what sends them has to know whether any of it may
 * have arrived, and the SDK repeats what it believes to be safe.
 */
export class SesRequests {
  readonly #login: SesLogin;
  #client: Promise<SESv2Client> | null = null;

  constructor(login: SesLogin) {
    this.#login = login;
  }

  /** `command` sends one command through the client it gets. Throws EncodeTrouble. */
  async make(command: (client: SESv2Client) => Promise<unknown>): Promise<SignedRequest> {
    this.#client ??= openClient(this.#login);
    try {
      await command(await this.#client);
    } catch (error) {
      if (error instanceof RequestMade) return error.request;
      throw new EncodeTrouble(`the AWS SDK made no request: ${messageOf(error)}`, { cause: error });
    }
    throw new EncodeTrouble('the AWS SDK made no request');
  }
}

/** Loaded when the first account needs it: the SDK takes longer to load than all the rest. */
async function openClient({ region, accessKeyId, secretAccessKey, endpoint }: SesLogin): Promise<SESv2Client> {
  const { SESv2Client } = await import('@aws-sdk/client-sesv2');
  return new SESv2Client({
    region,
    endpoint: endpoint.href,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
    requestHandler: {
      handle: async ({ path, headers, body }: SdkRequest) => {
        const bytes = typeof body === 'string' || body instanceof Uint8Array ? Buffer.from(body) : Buffer.alloc(0);
        throw new RequestMade({ path, headers: { ...headers }, body: bytes });
      },
      updateHttpClientConfig: () => {},
      httpHandlerConfigs: () => ({}),
    },
  });
}
