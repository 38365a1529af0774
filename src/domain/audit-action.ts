/** What a changing request is called in the audit log: `noun.verb`, from its tag, method and path. */
export function auditAction(route: {
  readonly method: string;
  readonly url: string;
  readonly tags: readonly string[];
}): string {
  const named = NAMED[`${route.method} ${route.url}`];
  if (named) return named;
  const noun = singular(route.tags[0] ?? 'request');
  if (route.method === 'PATCH' || route.method === 'PUT') return `${noun}.changed`;
  if (route.method === 'DELETE') return `${noun}.deleted`;
  const parts = route.url.split('/').filter((part) => part !== '' && part !== 'api');
  const last = parts.at(-1) ?? '';
  return parts.length === 1 || last.startsWith(':') ? `${noun}.created` : `${noun}.${PAST[last] ?? last}`;
}

/** `campaign` of `campaigns`; settings are one thing. */
function singular(tag: string): string {
  if (tag === 'settings' || tag === 'series') return tag;
  if (tag === 'bounce-mailboxes') return 'bounce-mailbox';
  return tag.endsWith('ies') ? `${tag.slice(0, -3)}y` : tag.replace(/s$/, '');
}

const PAST: Readonly<Record<string, string>> = {
  acknowledge: 'acknowledged',
  cancel: 'cancelled',
  check: 'checked',
  duplicate: 'duplicated',
  erase: 'erased',
  import: 'imported',
  launch: 'launched',
  merge: 'merged',
  pause: 'paused',
  replay: 'replayed',
  resend: 'resent',
  resume: 'resumed',
  'retry-failed': 'retried',
  send: 'sent',
  start: 'started',
  sync: 'synced',
  test: 'tested',
  verify: 'verified',
  winner: 'winner-chosen',
};

/** Routes whose path says something else than what they do. */
const NAMED: Readonly<Record<string, string>> = {
  'DELETE /api/campaigns/jobs/cleanup': 'job.cleaned-up',
  'PATCH /api/contacts/attributes/:name': 'attribute.changed',
  'DELETE /api/contacts/attributes/:name': 'attribute.deleted',
  'POST /api/contacts/bulk': 'contact.changed-in-bulk',
  'POST /api/contacts/duplicates': 'contact.duplicates-looked-for',
  'POST /api/lists/:id/contacts': 'list.contacts-added',
  'DELETE /api/lists/:id/contacts/:contactId': 'list.contact-removed',
  'POST /api/emails/batch': 'email.created',
  'POST /api/queue/leads/import': 'import.started',
  'DELETE /api/queue/leads/import': 'import.cancelled',
  'POST /api/queue/campaigns/send': 'campaign.sent',
  'DELETE /api/queue/campaigns/send': 'campaign.cancelled',
  'DELETE /api/queue/progress': 'operation.dismissed',
  'DELETE /api/queue/rate-limit': 'rate-limit.reset',
  'POST /api/queue/admin': 'queue.controlled',
  'DELETE /api/domains/:id/keys/:keyId': 'domain.key-removed',
  'POST /api/domains/:id/rotate': 'domain.key-added',
  'POST /api/series/preview': 'series.previewed',
  'DELETE /api/sandbox/messages': 'sandbox.emptied',
  'PUT /api/sandbox/behaviour': 'sandbox.behaviour-changed',
  'DELETE /api/sandbox/behaviour': 'sandbox.behaviour-reset',
  'POST /api/workers': 'worker.controlled',
  'DELETE /api/workers': 'worker.stopped',
  'POST /api/workers/startup': 'worker.startup-changed',
  'POST /api/workers/jobs': 'job.controlled',
  'DELETE /api/workers/jobs': 'job.deleted',
};
