import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import {
  type HookDelivery,
  type HookEvent,
  type HookEventType,
  type HookFormat,
  isFresh,
  MOST_EVENTS,
} from './hook.ts';
import { type JsonObject, known, listOf, objectOf, parseJson, textAt, timeOf } from './json.ts';
import { nameOfBody } from './same-text.ts';

const TYPES: Readonly<Record<string, HookEventType>> = {
  delivered: 'delivered',
  deferred: 'delayed',
  bounce: 'bounced',
  dropped: 'rejected',
  spamreport: 'complained',
  open: 'opened',
  click: 'clicked',
  unsubscribe: 'unsubscribed',
  group_unsubscribe: 'unsubscribed',
};

/** A key that nobody has, for accounts without one: the same work is done. */
const NOBODY =
  'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEs5sl+1uPEQ6DQ9WtkGcJJ+XIIBGFiPE6vY/XNSdXP5Uf5AmBgKPRAFyO2yze+qf+MhhHOxuo5C/XZUM0a2G5vw==';

/**
 * twilio.com/docs/sendgrid/for-developers/tracking-events/event: signed with ECDSA over P-256, time and body as they came;
 * many events a message.
 */
export const sendGridHook: HookFormat = {
  faultOfSecret: (secret) =>
    readKey(secret) === null
      ? 'must be the verification key of the Event Webhook, as SendGrid shows it: a public key in base64'
      : null,
  open: ({ headers, body }, { secret, now }): HookDelivery | null => {
    const timestamp = headers['x-twilio-email-event-webhook-timestamp'] ?? '';
    const signature = Buffer.from(headers['x-twilio-email-event-webhook-signature'] ?? '', 'base64');
    const key = secret === null ? null : readKey(secret);
    const isSigned = isFrom(key ?? readKey(NOBODY), Buffer.concat([Buffer.from(timestamp), body]), signature);
    if (!isSigned || key === null || !isFresh(Number(timestamp || 'none') * 1000, now)) return null;
    const told = listOf(parseJson(body)).slice(0, MOST_EVENTS).map(objectOf);
    return { id: nameOfBody(body), events: told.flatMap((one) => eventOf(one, now)) };
  },
};

function readKey(secret: string): KeyObject | null {
  try {
    const key = createPublicKey({ key: Buffer.from(secret, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : null;
  } catch {
    return null;
  }
}

function isFrom(key: KeyObject | null, signed: Buffer, signature: Buffer): boolean {
  try {
    return key !== null && verify('sha256', signed, key, signature);
  } catch {
    return false;
  }
}

function eventOf(one: JsonObject, now: Date): HookEvent[] {
  const type = TYPES[textAt(one, 'event') ?? ''];
  const id = textAt(one, 'sg_event_id');
  if (type === undefined || id === null) return [];
  const isMachine = one.sg_machine_open === true;
  return [
    {
      type,
      id,
      occurredAt: timeOf(one.timestamp, now),
      tag: textAt(one, 'postrider_ref'),
      messageId: textAt(one, 'smtp-id'),
      // Behind the first dot stands which machine it went through.
      remoteId: textAt(one, 'sg_message_id')?.split('.', 1)[0] ?? null,
      recipient: textAt(one, 'email'),
      // `blocked` is a bounce of the message, not of the address.
      permanent: textAt(one, 'type') !== 'blocked',
      class: type === 'rejected' && isSuppressed(one) ? 'provider-suppressed' : null,
      status: textAt(one, 'status'),
      response: textAt(one, 'reason', 'response'),
      data: known({
        url: textAt(one, 'url'),
        userAgent: textAt(one, 'useragent'),
        ip: textAt(one, 'ip'),
        bounceType: textAt(one, 'type'),
        bounceClassification: textAt(one, 'bounce_classification'),
        isMachine: isMachine ? true : null,
      }),
    },
  ];
}

function isSuppressed(one: JsonObject): boolean {
  return /bounced address|unsubscribed address|spam reporting address|invalid/i.test(textAt(one, 'reason') ?? '');
}
