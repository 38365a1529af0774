import { createHmac } from 'node:crypto';
import { type HookDelivery, type HookEvent, type HookEventType, type HookFormat, isFresh } from './hook.ts';
import { type JsonObject, known, objectOf, parseJson, textAt, timeOf } from './json.ts';
import { sameText } from './same-text.ts';

const TYPES: Readonly<Record<string, HookEventType>> = {
  delivered: 'delivered',
  complained: 'complained',
  opened: 'opened',
  clicked: 'clicked',
  unsubscribed: 'unsubscribed',
  rejected: 'rejected',
};

/**
 * documentation.mailgun.com/docs/mailgun/user-manual/webhooks: the signature stands in the body and covers time and token
 * only. So a token that was seen is never taken again, whatever is said beside it.
 */
export const mailgunHook: HookFormat = {
  faultOfSecret: (secret) => (secret.length < 16 ? 'must be the HTTP webhook signing key, as Mailgun shows it' : null),
  open: ({ body }, { secret, now }): HookDelivery | null => {
    const whole = objectOf(parseJson(body));
    const signature = objectOf(whole.signature);
    const timestamp = textAt(signature, 'timestamp') ?? '';
    const token = textAt(signature, 'token') ?? '';
    const wanted = createHmac('sha256', secret ?? 'nobody')
      .update(`${timestamp}${token}`)
      .digest('hex');
    const isSigned = sameText(wanted, textAt(signature, 'signature') ?? '');
    if (!isSigned || secret === null || token === '' || !isFresh(Number(timestamp || 'none') * 1000, now)) return null;
    return { id: token, events: eventOf(objectOf(whole['event-data']), now) };
  },
};

function eventOf(one: JsonObject, now: Date): HookEvent[] {
  const name = textAt(one, 'event') ?? '';
  const isPermanent = textAt(one, 'severity') === 'permanent';
  const type = name === 'failed' ? (isPermanent ? 'bounced' : 'delayed') : TYPES[name];
  const id = textAt(one, 'id');
  if (type === undefined || id === null) return [];
  const status = objectOf(one['delivery-status']);
  const headers = objectOf(objectOf(one.message).headers);
  const messageId = textAt(headers, 'message-id');
  const reason = textAt(one, 'reason');
  return [
    {
      type,
      id,
      occurredAt: timeOf(one.timestamp, now),
      tag: textAt(objectOf(one['user-variables']), 'postrider_ref'),
      messageId,
      remoteId: messageId?.replace(/^<|>$/g, '') ?? null,
      recipient: textAt(one, 'recipient'),
      permanent: isPermanent,
      class: reason !== null && /^suppress-/.test(reason) ? 'provider-suppressed' : null,
      status: textAt(status, 'enhanced-code'),
      response: wordsOf(status) ?? textAt(objectOf(one.reject), 'reason', 'description'),
      data: known({
        url: textAt(one, 'url'),
        userAgent: textAt(objectOf(one['client-info']), 'user-agent'),
        ip: textAt(one, 'ip'),
        reason,
      }),
    },
  ];
}

/** `550 5.1.1 no such user`: the code stands beside the words. */
function wordsOf(status: JsonObject): string | null {
  const words = textAt(status, 'message') ?? textAt(status, 'description');
  if (words === null) return null;
  const code = textAt(status, 'code') ?? '';
  return /^[245]\d\d$/.test(code) && !words.startsWith(code) ? `${code} ${words}` : words;
}
