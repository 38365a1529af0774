import type { HookDelivery, HookEvent, HookEventType, HookFormat } from './hook.ts';
import { type JsonObject, known, objectOf, parseJson, textAt, timeOf } from './json.ts';
import { nameOfBody, sameText } from './same-text.ts';

const TYPES: Readonly<Record<string, HookEventType>> = {
  Delivery: 'delivered',
  Bounce: 'bounced',
  SpamComplaint: 'complained',
  Open: 'opened',
  Click: 'clicked',
};
/** postmarkapp.com/developer/api/bounce-api, "Bounce types": those that say the address itself is no good. */
const PERMANENT = new Set(['HardBounce', 'BadEmailAddress', 'AddressChange']);
/** What is told as a bounce and is none. */
const NO_BOUNCES = new Set(['AutoResponder', 'OpenRelayTest', 'ChallengeVerification', 'Subscribe', 'InboundError']);

/**
 * postmarkapp.com/developer/webhooks/webhooks-overview. Postmark signs nothing: who knows the secret is believed. It comes as
 * the password of basic authentication (put it into the address, or into the settings of the webhook) or as a header of its
 * own, `X-Webhook-Secret`. So there is no time to look at, and a message is known by its body.
 */
export const postmarkHook: HookFormat = {
  faultOfSecret: (secret) => (secret.length < 24 ? 'must have 24 characters or more: it is all that is checked' : null),
  open: ({ headers, body }, { secret, now }): HookDelivery | null => {
    const given = headers['x-webhook-secret'] ?? passwordOf(headers.authorization);
    const isKnown = sameText(given ?? '', secret ?? 'nobody');
    if (!isKnown || secret === null || given === null) return null;
    return { id: nameOfBody(body), events: eventOf(objectOf(parseJson(body)), now) };
  },
};

function passwordOf(authorization: string | undefined): string | null {
  const [, basic] = /^Basic ([A-Za-z0-9+/=]{1,2000})$/i.exec(authorization ?? '') ?? [];
  if (basic === undefined) return null;
  const text = Buffer.from(basic, 'base64').toString();
  return text.slice(text.indexOf(':') + 1);
}

function eventOf(one: JsonObject, now: Date): HookEvent[] {
  const record = textAt(one, 'RecordType') ?? '';
  const bounce = record === 'Bounce' ? textAt(one, 'Type') : null;
  const type = bounce === null ? typeOf(record, one) : typeOfBounce(bounce);
  const remoteId = textAt(one, 'MessageID');
  const recipient = textAt(one, 'Recipient', 'Email');
  const at = textAt(one, 'DeliveredAt', 'BouncedAt', 'ReceivedAt', 'ChangedAt');
  if (type === null) return [];
  return [
    {
      type,
      id: `${record} ${textAt(one, 'ID') ?? remoteId} ${recipient} ${at}`,
      occurredAt: timeOf(at, now),
      tag: textAt(objectOf(one.Metadata), 'postrider_ref'),
      messageId: null,
      remoteId,
      recipient,
      permanent: bounce !== null && PERMANENT.has(bounce),
      class: bounce === 'ManuallyDeactivated' ? 'provider-suppressed' : null,
      status: null,
      response: textAt(one, 'Details', 'Description'),
      data: known({
        url: textAt(one, 'OriginalLink'),
        userAgent: textAt(one, 'UserAgent'),
        bounceType: bounce,
      }),
    },
  ];
}

function typeOf(record: string, one: JsonObject): HookEventType | null {
  if (record !== 'SubscriptionChange') return TYPES[record] ?? null;
  // The other reasons are told as bounces and complaints as well.
  const isOwnWish = one.SuppressSending === true && textAt(one, 'SuppressionReason') === 'ManualSuppression';
  return isOwnWish ? 'unsubscribed' : null;
}

function typeOfBounce(name: string): HookEventType | null {
  if (NO_BOUNCES.has(name)) return null;
  if (name === 'SpamComplaint') return 'complained';
  return name === 'Unsubscribe' ? 'unsubscribed' : 'bounced';
}
