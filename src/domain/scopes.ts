type Part = 'campaigns' | 'emails' | 'contacts' | 'sending' | 'operations';

/** What a key may be narrowed to (src/contract/scopes.ts). `write` of a part is `read` of it as well. */
export type Scope = `${Part}:read` | `${Part}:write`;

/**
 * The part that the routes of a tag belong to. A tag that is not here is closed to keys with scopes: people, keys,
 * settings, the audit log, and whatever somebody adds and forgets.
 */
const PART_OF_TAG: Readonly<Record<string, Part>> = {
  campaigns: 'campaigns',
  series: 'campaigns',
  templates: 'campaigns',
  overview: 'campaigns',
  events: 'campaigns',
  emails: 'emails',
  contacts: 'contacts',
  lists: 'contacts',
  segments: 'contacts',
  suppressions: 'contacts',
  imports: 'contacts',
  forms: 'contacts',
  accounts: 'sending',
  domains: 'sending',
  sandbox: 'sending',
  'bounce-mailboxes': 'sending',
  queue: 'operations',
  workers: 'operations',
  alerts: 'operations',
  webhooks: 'campaigns',
  health: 'operations',
};

/** The queue's sends and imports are what campaigns and contacts are, under another name. */
const PART_OF_PATH: ReadonlyArray<readonly [RegExp, Part]> = [
  [/^\/api\/queue\/campaigns(\/|$)/, 'campaigns'],
  [/^\/api\/queue\/leads(\/|$)/, 'contacts'],
];

/** The scope that a route asks for; null when no scope opens it. */
export function scopeOf(route: {
  readonly url: string;
  readonly tags: readonly string[];
  readonly onlyAsks: boolean;
}): Scope | null {
  const byPath = PART_OF_PATH.find(([pattern]) => pattern.test(route.url))?.[1];
  const part = byPath ?? PART_OF_TAG[route.tags[0] ?? ''];
  if (!part) return null;
  return `${part}:${route.onlyAsks ? 'read' : 'write'}`;
}

/** Whether a key with these scopes may do what asks for `wanted`. */
export function opens(scopes: readonly string[], wanted: Scope | null): boolean {
  if (wanted === null) return false;
  return scopes.includes(wanted) || scopes.includes(wanted.replace(/:read$/, ':write'));
}
