import { createPublicKey, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { type HookKeys, isFresh } from './hook.ts';
import { type JsonObject, objectOf, parseJson, textAt } from './json.ts';

/** A message of Amazon SNS whose signature was checked. */
export interface SnsMessage {
  readonly id: string;
  readonly kind: 'notification' | 'subscription';
  readonly text: string;
  /** Of a subscription: what is to be called to confirm it; at the host of the topic's region. */
  readonly confirm: URL | null;
}

/**
 * SNS names the time of publication, and tries to deliver for an hour (docs.aws.amazon.com/sns, "message delivery retries");
 * messages that were taken are known for longer than that.
 */
const WINDOW_MS = 65 * 60_000;
const ARN = /^arn:(aws|aws-cn|aws-us-gov):sns:([a-z0-9-]{4,30}):\d{12}:[A-Za-z0-9_.-]{1,256}$/;

/** In the order that they are signed in. What is not there is left out. */
const SIGNED = {
  notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  subscription: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const;

export function isTopic(arn: string): boolean {
  return ARN.test(arn);
}

/**
 * docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html. Only for the topic of the account; the certificate is
 * fetched from the host of SNS in the topic's region and nowhere else. Null for whatever does not hold.
 */
export async function openSns(
  body: Buffer,
  keys: Pick<HookKeys, 'topic' | 'now' | 'fetchText'>,
): Promise<SnsMessage | null> {
  const message = objectOf(parseJson(body));
  const topic = textAt(message, 'TopicArn') ?? '';
  const kind = kindOf(textAt(message, 'Type'));
  const id = textAt(message, 'MessageId');
  const host = hostOf(topic);
  if (kind === null || id === null || host === null || topic !== keys.topic) return null;
  if (!isFresh(Date.parse(textAt(message, 'Timestamp') ?? ''), keys.now, WINDOW_MS)) return null;
  const certificate = addressAt(textAt(message, 'SigningCertURL', 'SigningCertUrl'), host);
  if (certificate === null || !certificate.pathname.endsWith('.pem')) return null;
  if (!(await isSigned(message, kind, certificate, keys))) return null;
  const confirm = kind === 'subscription' ? addressAt(textAt(message, 'SubscribeURL'), host) : null;
  if (kind === 'subscription' && confirm === null) return null;
  return { id, kind, text: whole(message, 'Message') ?? '', confirm };
}

function kindOf(type: string | null): SnsMessage['kind'] | null {
  if (type === 'Notification') return 'notification';
  return type === 'SubscriptionConfirmation' ? 'subscription' : null;
}

/** `sns.eu-west-1.amazonaws.com`, of the region that the topic is in. */
function hostOf(arn: string): string | null {
  const [, partition, region] = ARN.exec(arn) ?? [];
  if (region === undefined) return null;
  return `sns.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`;
}

/** An https address at that host, on the usual port and without a login. */
function addressAt(text: string | null, host: string): URL | null {
  const url = text !== null && URL.canParse(text) ? new URL(text) : null;
  return url !== null && url.protocol === 'https:' && url.host === host && !url.username && !url.password ? url : null;
}

async function isSigned(
  message: JsonObject,
  kind: SnsMessage['kind'],
  url: URL,
  { now, fetchText }: Pick<HookKeys, 'now' | 'fetchText'>,
): Promise<boolean> {
  const version = textAt(message, 'SignatureVersion');
  const algorithm = version === '1' ? 'sha1' : version === '2' ? 'sha256' : null;
  const signature = Buffer.from(whole(message, 'Signature') ?? '', 'base64');
  if (algorithm === null || signature.length === 0) return false;
  const key = keyOf(await fetchText(url), now);
  return key !== null && verify(algorithm, Buffer.from(signedText(message, kind)), key, signature);
}

function keyOf(pem: string, now: Date): KeyObject | null {
  try {
    const certificate = new X509Certificate(pem);
    const isValid =
      Date.parse(certificate.validFrom) <= now.getTime() && now.getTime() <= Date.parse(certificate.validTo);
    const key = createPublicKey(pem);
    return isValid && key.asymmetricKeyType === 'rsa' ? key : null;
  } catch {
    return null;
  }
}

function signedText(message: JsonObject, kind: SnsMessage['kind']): string {
  return SIGNED[kind]
    .map((name) => {
      const value = whole(message, name);
      return value === null ? '' : `${name}\n${value}\n`;
    })
    .join('');
}

/** Texts that are signed are taken as they are, however long. */
function whole(message: JsonObject, name: string): string | null {
  const value = message[name];
  return typeof value === 'string' ? value : null;
}
