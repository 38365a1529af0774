import type { IconName } from '../components/icon.tsx';
import { strings } from './strings.ts';

/** Where one can go: the rail, the palette, the keys and the crumbs are made of these. */
export const PLACES = [
  { id: 'overview', group: 'top', to: '/', icon: 'overview', keys: ['g', 'o'] },
  { id: 'campaigns', group: 'send', to: '/campaigns', icon: 'campaign', keys: ['g', 'c'] },
  { id: 'emails', group: 'send', to: '/emails', icon: 'letter', keys: ['g', 'y'] },
  { id: 'series', group: 'send', to: '/series', icon: 'refresh', keys: ['g', 'r'] },
  { id: 'templates', group: 'send', to: '/templates', icon: 'template', keys: ['g', 't'] },
  { id: 'mailbox', group: 'send', to: '/mailbox', icon: 'mailbox', keys: ['g', 'm'] },
  { id: 'contacts', group: 'people', to: '/contacts', icon: 'people', keys: ['g', 'p'] },
  { id: 'lists', group: 'people', to: '/lists', icon: 'list', keys: ['g', 'l'] },
  { id: 'segments', group: 'people', to: '/segments', icon: 'segment', keys: ['g', 's'] },
  { id: 'imports', group: 'people', to: '/imports', icon: 'import', keys: ['g', 'i'] },
  { id: 'suppressions', group: 'people', to: '/suppressions', icon: 'barred', keys: ['g', 'x'] },
  { id: 'forms', group: 'people', to: '/forms', icon: 'form', keys: ['g', 'f'] },
  { id: 'accounts', group: 'delivery', to: '/accounts', icon: 'account', keys: ['g', 'a'] },
  { id: 'domains', group: 'delivery', to: '/domains', icon: 'globe', keys: ['g', 'd'] },
  { id: 'bounceMailboxes', group: 'delivery', to: '/bounce-mailboxes', icon: 'back', keys: ['g', 'b'] },
  { id: 'performance', group: 'delivery', to: '/dashboard/performance', icon: 'chart', keys: ['g', 'e'] },
  { id: 'workers', group: 'operations', to: '/dashboard/workers', icon: 'worker', keys: ['g', 'w'] },
  { id: 'queues', group: 'operations', to: '/dashboard/queues', icon: 'queue', keys: ['g', 'q'] },
  { id: 'alerts', group: 'operations', to: '/alerts', icon: 'bell', keys: ['g', 'n'] },
  { id: 'webhooks', group: 'operations', to: '/webhooks', icon: 'send', keys: ['g', 'h'] },
  { id: 'settings', group: 'foot', to: '/settings', icon: 'gear', keys: ['g', ','] },
] as const satisfies readonly Place[];

interface Place {
  readonly id: keyof typeof strings.places;
  /** A heading in the rail; the top and the foot have none. */
  readonly group: 'top' | 'send' | 'people' | 'delivery' | 'operations' | 'foot';
  readonly to: string;
  readonly icon: IconName;
  readonly keys: readonly [string, string];
}

export type PlaceId = (typeof PLACES)[number]['id'];

export function nameOf(id: PlaceId): string {
  return strings.places[id];
}

/** The place that a page belongs to. */
export function placeOf(pathname: string): (typeof PLACES)[number] | undefined {
  return PLACES.findLast(({ to }) => pathname === to || (to !== '/' && pathname.startsWith(`${to}/`)));
}
