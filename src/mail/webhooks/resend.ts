import { type HookDelivery, type HookEvent, type HookEventType, type HookFormat, MOST_EVENTS } from './hook.ts';
import { type JsonObject, known, listOf, objectOf, parseJson, textAt, timeOf } from './json.ts';
import { faultOfStandardSecret, openStandard } from './signed-standard.ts';

const TYPES: Readonly<Record<string, HookEventType>> = {
  'email.delivered': 'delivered',
  'email.delivery_delayed': 'delayed',
  'email.bounced': 'bounced',
  'email.complained': 'complained',
  'email.opened': 'opened',
  'email.clicked': 'clicked',
  'email.failed': 'rejected',
  'email.suppressed': 'rejected',
};

/** resend.com/docs/dashboard/webhooks: signed by Svix, one event a message. */
export const resendHook: HookFormat = {
  faultOfSecret: faultOfStandardSecret,
  open: (request, keys): HookDelivery | null => {
    const id = openStandard(request, keys, 'svix-');
    if (id === null) return null;
    return { id, events: eventsOf(id, objectOf(parseJson(request.body)), keys.now) };
  },
};

function eventsOf(id: string, body: JsonObject, now: Date): HookEvent[] {
  const type = TYPES[textAt(body, 'type') ?? ''];
  if (type === undefined) return [];
  const data = objectOf(body.data);
  const bounce = objectOf(data.bounce);
  const click = objectOf(data.click);
  const said = textAt(bounce, 'message') ?? textAt(objectOf(data.failed), 'reason');
  const suppressed = textAt(objectOf(data.suppressed), 'message');
  const recipients = listOf(data.to).slice(0, MOST_EVENTS);
  return recipients.map((recipient, at) => ({
    type,
    id: `${id} ${at}`,
    occurredAt: timeOf(click.timestamp ?? body.created_at, now),
    tag: tagOf(data.tags),
    messageId: textAt(data, 'message_id'),
    remoteId: textAt(data, 'email_id'),
    recipient: typeof recipient === 'string' ? recipient : null,
    permanent: textAt(bounce, 'type') === 'Permanent',
    class: suppressed === null && textAt(bounce, 'subType') !== 'Suppressed' ? null : 'provider-suppressed',
    status: null,
    response: said ?? suppressed,
    data: known({
      url: textAt(click, 'link'),
      userAgent: textAt(click, 'userAgent'),
      bounceType: textAt(bounce, 'type'),
      bounceSubType: textAt(bounce, 'subType'),
    }),
  }));
}

/** As they were given, or folded into one object. */
function tagOf(tags: unknown): string | null {
  if (!Array.isArray(tags)) return textAt(objectOf(tags), 'postrider_ref');
  const own = tags.map(objectOf).find((tag) => tag.name === 'postrider_ref');
  return own === undefined ? null : textAt(own, 'value');
}
