/** What Amazon SES says in a notification mailed by SNS (docs.aws.amazon.com/ses, "notification contents"). */
export interface SesNotification {
  readonly kind: 'bounce' | 'complaint' | 'delivered';
  readonly messageId: string | null;
  readonly recipients: readonly { recipient: string; action: string; status: string | null; diagnostic: string }[];
}

const MAX_JSON = 200_000;

/** Reads the JSON a mail begins with; null when it is not such a notification. SNS wraps long lines with `!`. */
export function readSesNotification(text: string): SesNotification | null {
  const body = text.trimStart();
  if (!body.startsWith('{') || !/"(?:notificationType|eventType)"/.test(body.slice(0, 4000))) return null;
  const found = parseLeadingObject(body.slice(0, MAX_JSON));
  if (found === null) return null;
  const type = String(found.notificationType ?? found.eventType).toLowerCase();
  const messageId = text_(record(found.mail).messageId);
  if (type === 'bounce') return { kind: 'bounce', messageId, recipients: bounced(record(found.bounce)) };
  if (type === 'complaint') {
    const list = items(record(found.complaint).complainedRecipients);
    return { kind: 'complaint', messageId, recipients: list.map((one) => entry(one, 'complained', '')) };
  }
  if (type !== 'delivery') return null;
  const delivery = record(found.delivery);
  const recipients = Array.isArray(delivery.recipients) ? delivery.recipients.map(String) : [];
  const diagnostic = text_(delivery.smtpResponse) ?? '';
  return {
    kind: 'delivered',
    messageId,
    recipients: recipients.map((recipient) => ({ recipient, action: 'delivered', status: null, diagnostic })),
  };
}

function bounced(bounce: Record<string, unknown>): SesNotification['recipients'] {
  const kind = `${text_(bounce.bounceType) ?? ''} ${text_(bounce.bounceSubType) ?? ''}`;
  return items(bounce.bouncedRecipients).map((one) => entry(one, 'failed', /suppress/i.test(kind) ? kind : ''));
}

function entry(one: Record<string, unknown>, action: string, extra: string): SesNotification['recipients'][number] {
  const diagnostic = (text_(one.diagnosticCode) ?? '').replace(/^[\w-]{1,30};\s*/, '');
  return {
    recipient: text_(one.emailAddress) ?? '',
    action: text_(one.action) ?? action,
    status: /^[245]\.\d{1,3}\.\d{1,3}/.exec(text_(one.status) ?? '')?.[0] ?? null,
    diagnostic: `${diagnostic} ${extra}`.trim(),
  };
}

function parseLeadingObject(text: string): Record<string, unknown> | null {
  for (const candidate of [text.replace(/!\n ?/g, ''), text.replace(/!?\n ?/g, ''), text]) {
    const end = candidate.search(/\}\s*(?:\n|--|$)/);
    for (const piece of [candidate.slice(0, end + 1), candidate.slice(0, candidate.lastIndexOf('}') + 1)]) {
      try {
        return record(JSON.parse(piece));
      } catch {
        // cut elsewhere
      }
    }
  }
  return null;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function items(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.slice(0, 200).map(record) : [];
}

function text_(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
