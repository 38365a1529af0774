import { createHmac } from 'node:crypto';

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
