import dns from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import net, { BlockList } from 'node:net';

export interface GuardedRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Without one it is a GET. */
  readonly body?: string;
  /** Whether the address may be one of this machine or of a private network. */
  readonly allowPrivate: boolean;
  readonly timeoutMs: number;
}

/** Not reachable from the outside, or not one machine: RFC 6890 and the registries of special addresses by IANA. */
const PRIVATE_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Also what an IPv4 address can hide in: mapped, translated (NAT64) and 6to4. */
const PRIVATE_V6 = [
  '::/96',
  '::ffff:0:0/96',
  '64:ff9b::/32',
  '100::/64',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
];

const BLOCKED = { ipv4: blockList(PRIVATE_V4, 'ipv4'), ipv6: blockList(PRIVATE_V6, 'ipv6') } as const;

/** One for each family: a list that holds both takes every IPv4 address for a mapped one. */
function blockList(ranges: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** Whether nobody outside of this network could be meant by it. What is no address counts as private. */
export function isPrivateAddress(address: string): boolean {
  const family = net.isIP(address);
  if (family === 0) return true;
  const name = family === 4 ? 'ipv4' : 'ipv6';
  return BLOCKED[name].check(address, name);
}

class PrivateAddressError extends Error {
  constructor(host: string) {
    super(`${host} is an address of this machine or of a private network`);
  }
}

export interface GuardedAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** No longer than was asked for. */
  readonly body: string;
}

/** The same with the bytes as they came. */
export interface GuardedBytes extends Omit<GuardedAnswer, 'body'> {
  readonly body: Buffer;
}

/** As `guardedExchange`; resolves with the status. */
export async function guardedRequest(request: GuardedRequest): Promise<number> {
  return (await guardedExchange(request, 0)).status;
}

/** As `guardedBytes`; the body is read as UTF-8. */
export async function guardedExchange(request: GuardedRequest, maxBytes: number): Promise<GuardedAnswer> {
  const answer = await guardedBytes(request, maxBytes);
  return { ...answer, body: answer.body.toString() };
}

/**
 * Asks an address that somebody typed in. The name is resolved once, and the connection goes to what was checked: so
 * no name that changes its mind leads into the private network. Redirects are not followed. Of the answer `maxBytes` are read.
 */
export async function guardedBytes(
  { url, headers, body, allowPrivate, timeoutMs }: GuardedRequest,
  maxBytes: number,
): Promise<GuardedBytes> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!allowPrivate && net.isIP(host) !== 0 && isPrivateAddress(host)) throw new PrivateAddressError(host);
  const { request } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const options = {
      method: body === undefined ? 'GET' : 'POST',
      agent: false,
      headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
      signal: AbortSignal.timeout(timeoutMs),
      ...(allowPrivate ? {} : { lookup: lookupPublic }),
    };
    const sent = request(url, options, (response) => {
      const { statusCode: status = 0, headers: answered } = response;
      readStart(response, maxBytes).then(
        (start) => resolve({ status, headers: answered, body: start }),
        (error: Error) => reject(inWords(error, timeoutMs)),
      );
    });
    sent.on('error', (error) => reject(inWords(error, timeoutMs)));
    sent.end(body);
  });
}

function inWords(error: Error, timeoutMs: number): Error {
  const isLate = error.name === 'AbortError' || error.name === 'TimeoutError';
  return isLate ? new Error(`no answer within ${timeoutMs / 1000} s`) : error;
}

/** The first bytes of an answer; nobody waits for the rest. */
async function readStart(response: http.IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  if (maxBytes > 0)
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= maxBytes) break;
    }
  response.destroy();
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

const lookupPublic: net.LookupFunction = (host, options, answer) => {
  dns.lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return answer(error, []);
    const [first] = addresses;
    if (!first || addresses.some(({ address }) => isPrivateAddress(address)))
      return answer(new PrivateAddressError(host), []);
    if (options.all) answer(null, addresses);
    else answer(null, first.address, first.family);
  });
};
