import { type HookDelivery, type HookEvent, type HookEventType, type HookFormat, MOST_EVENTS } from './hook.ts';
import { type JsonObject, known, listOf, objectOf, parseJson, textAt, timeOf } from './json.ts';
import { faultOfStandardSecret, openStandard } from './signed-standard.ts';

const TYPES: Readonly<Record<string, HookEventType>> = {
  delivered: 'delivered',
  bounced: 'bounced',
  delayed: 'delayed',
  deferred: 'delayed',
  complained: 'complained',
  opened: 'opened',
  clicked: 'clicked',
  unsubscribed: 'unsubscribed',
  rejected: 'rejected',
};

/**
 * For SMTP servers and relays of one's own, in a form of ours: signed by Standard Webhooks 1.0.0, `{events: [{type, id?,
 * timestamp?, messageId?, recipient?, permanent?, status?, response?, url?, userAgent?}]}` or one such event alone.
 */
export const genericHook: HookFormat = {
  faultOfSecret: faultOfStandardSecret,
  open: (request, keys): HookDelivery | null => {
    const id = openStandard(request, keys, 'webhook-');
    if (id === null) return null;
    const body = objectOf(parseJson(request.body));
    const told = Array.isArray(body.events) ? listOf(body.events).slice(0, MOST_EVENTS).map(objectOf) : [body];
    return { id, events: told.flatMap((one, at) => eventOf(one, `${id} ${at}`, keys.now)) };
  },
};

function eventOf(one: JsonObject, name: string, now: Date): HookEvent[] {
  const type = TYPES[textAt(one, 'type') ?? ''];
  if (type === undefined) return [];
  return [
    {
      type,
      id: textAt(one, 'id') ?? name,
      occurredAt: timeOf(one.timestamp, now),
      tag: textAt(one, 'reference'),
      messageId: textAt(one, 'messageId'),
      remoteId: textAt(one, 'remoteId'),
      recipient: textAt(one, 'recipient'),
      permanent: one.permanent === true,
      class: null,
      status: textAt(one, 'status'),
      response: textAt(one, 'response'),
      data: known({ url: textAt(one, 'url'), userAgent: textAt(one, 'userAgent') }),
    },
  ];
}
