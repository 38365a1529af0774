import { createHmac, timingSafeEqual } from 'node:crypto';

const PREFIX = 'whsec_';

/** The key of a secret as Standard Webhooks writes it: `whsec_` and base64 of 24 to 64 bytes; null when it is none. */
export function webhookKey(secret: string): Buffer | null {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  const key = Buffer.from(text, 'base64');
  return key.length >= 24 && key.length <= 64 ? key : null;
}

/**
 * The headers that let a receiver check where a message came from, and that it is not an old one (Standard Webhooks 1.0.0,
 * "Signature scheme"): HMAC-SHA256 over id, time in seconds and body with dots between them. The id stays the same at every
 * attempt.
 */
export function signWebhook(key: Buffer, id: string, at: Date, body: string): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/** What a request says of its signature; undefined is a header that is not there. */
export interface WebhookClaim {
  readonly id: string | undefined;
  /** Seconds since 1970. */
  readonly timestamp: string | undefined;
  /** `v1,…`, several with spaces between them while a secret is being changed. */
  readonly signature: string | undefined;
}

/** Whether one of the signatures is of this key. The time is for the caller to look at. */
export function isSignedWebhook(key: Buffer, claim: WebhookClaim, body: Buffer): boolean {
  const { id = '', timestamp = '', signature = '' } = claim;
  const wanted = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  let isSigned = false;
  for (const one of signature.split(' ', MOST_SIGNATURES)) {
    const given = Buffer.from(one.startsWith('v1,') ? one.slice(3) : '', 'base64');
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) isSigned = true;
  }
  return isSigned && id !== '';
}

const MOST_SIGNATURES = 10;
