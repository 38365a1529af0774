import { isSignedWebhook, webhookKey } from '../../lib/standard-webhook.ts';
import { type HookKeys, type HookRequest, isFresh } from './hook.ts';

/** Somebody has to be compared with when an account has no secret: it costs the same. */
const NOBODY = Buffer.alloc(32, 7);

/** The id of a message that is signed by Standard Webhooks, under the names of its headers (`webhook-`, `svix-`); null for any other. */
export function openStandard({ headers, body }: HookRequest, { secret, now }: HookKeys, prefix: string): string | null {
  const claim = {
    id: headers[`${prefix}id`],
    timestamp: headers[`${prefix}timestamp`],
    signature: headers[`${prefix}signature`],
  };
  const key = secret === null ? null : webhookKey(secret);
  const isSigned = isSignedWebhook(key ?? NOBODY, claim, body) && key !== null;
  if (!isSigned || !/^\d{1,12}$/.test(claim.timestamp ?? '') || !isFresh(Number(claim.timestamp) * 1000, now))
    return null;
  return claim.id ?? null;
}

export function faultOfStandardSecret(secret: string): string | null {
  return webhookKey(secret) === null ? 'must be whsec_ and base64 of 24 to 64 bytes, as the provider shows it' : null;
}
