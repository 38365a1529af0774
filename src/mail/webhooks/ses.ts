import { type HookDelivery, type HookEvent, type HookFormat, MOST_EVENTS } from './hook.ts';
import { type JsonObject, known, listOf, objectOf, parseJson, textAt, timeOf } from './json.ts';
import { openSns } from './sns.ts';

/**
 * Amazon SES by Amazon SNS, in both of its forms: notifications (docs.aws.amazon.com/ses, "notification contents") and event
 * publishing ("event data SNS examples"). The topic is what an account sets; there is no secret.
 */
export const sesHook: HookFormat = {
  faultOfSecret: () => 'is not used for Amazon SES: set webhookTopic to the ARN of the SNS topic',
  open: async ({ body }, keys): Promise<HookDelivery | null> => {
    const message = await openSns(body, keys);
    if (message === null) return null;
    if (message.confirm !== null) return { id: message.id, events: [], confirm: message.confirm };
    return { id: message.id, events: eventsOf(objectOf(parseJson(message.text)), message.id, keys.now) };
  },
};

type Told = Omit<HookEvent, 'id' | 'tag' | 'messageId' | 'remoteId'>;

function eventsOf(notification: JsonObject, id: string, now: Date): HookEvent[] {
  const mail = objectOf(notification.mail);
  const remoteId = textAt(mail, 'messageId');
  const tag = listOf(objectOf(mail.tags).postrider_ref)[0];
  const type = (textAt(notification, 'notificationType', 'eventType') ?? '').toLowerCase();
  return toldOf(type, notification, now).map((told, at) => ({
    ...told,
    id: `${id} ${at}`,
    tag: typeof tag === 'string' ? tag : null,
    messageId: null,
    remoteId,
  }));
}

function toldOf(type: string, notification: JsonObject, now: Date): Told[] {
  const mail = objectOf(notification.mail);
  const everybody = listOf(mail.destination).filter((one): one is string => typeof one === 'string');
  switch (type) {
    case 'bounce':
      return bounces(objectOf(notification.bounce), now);
    case 'complaint': {
      const complaint = objectOf(notification.complaint);
      const feedback = textAt(complaint, 'complaintFeedbackType');
      const at = timeOf(complaint.timestamp, now);
      return recipientsOf(complaint.complainedRecipients).map((one) =>
        plain('complained', textAt(one, 'emailAddress'), at, known({ feedback })),
      );
    }
    case 'delivery': {
      const delivery = objectOf(notification.delivery);
      const at = timeOf(delivery.timestamp, now);
      const to = listOf(delivery.recipients).filter((one): one is string => typeof one === 'string');
      return to
        .slice(0, MOST_EVENTS)
        .map((one) => ({ ...plain('delivered', one, at), response: textAt(delivery, 'smtpResponse') }));
    }
    case 'deliverydelay': {
      const delay = objectOf(notification.deliveryDelay);
      const at = timeOf(delay.timestamp, now);
      return recipientsOf(delay.delayedRecipients).map((one) => ({
        ...plain('delayed', textAt(one, 'emailAddress'), at, known({ delayType: textAt(delay, 'delayType') })),
        status: textAt(one, 'status'),
        response: textAt(one, 'diagnosticCode'),
      }));
    }
    case 'reject':
    case 'rendering failure': {
      const said =
        textAt(objectOf(notification.reject), 'reason') ?? textAt(objectOf(notification.failure), 'errorMessage');
      return everybody.map((one) => ({ ...plain('rejected', one, now), response: said }));
    }
    case 'open':
    case 'click': {
      const told = objectOf(notification[type]);
      const data = known({
        url: textAt(told, 'link'),
        userAgent: textAt(told, 'userAgent'),
        ip: textAt(told, 'ipAddress'),
      });
      const at = timeOf(told.timestamp, now);
      return everybody.map((one) => plain(type === 'open' ? 'opened' : 'clicked', one, at, data));
    }
    case 'subscription': {
      const subscription = objectOf(notification.subscription);
      const wish = objectOf(subscription.newTopicPreferences);
      const at = timeOf(subscription.timestamp, now);
      return wish.unsubscribeAll === true ? everybody.map((one) => plain('unsubscribed', one, at)) : [];
    }
    default:
      return [];
  }
}

function bounces(bounce: JsonObject, now: Date): Told[] {
  const kind = textAt(bounce, 'bounceType') ?? '';
  const detail = textAt(bounce, 'bounceSubType') ?? '';
  return recipientsOf(bounce.bouncedRecipients).map((one) => ({
    ...plain('bounced', textAt(one, 'emailAddress'), timeOf(bounce.timestamp, now)),
    permanent: kind === 'Permanent',
    class: /suppress/i.test(detail) ? 'provider-suppressed' : null,
    status: /^[245]\.\d{1,3}\.\d{1,3}/.exec(textAt(one, 'status') ?? '')?.[0] ?? null,
    response: textAt(one, 'diagnosticCode')?.replace(/^[\w-]{1,30};\s*/, '') ?? null,
    data: known({ bounceType: kind || null, bounceSubType: detail || null }),
  }));
}

function recipientsOf(list: unknown): JsonObject[] {
  return listOf(list).slice(0, MOST_EVENTS).map(objectOf);
}

function plain(type: Told['type'], recipient: string | null, occurredAt: Date, data: JsonObject = {}): Told {
  return { type, occurredAt, recipient, permanent: false, class: null, status: null, response: null, data };
}
