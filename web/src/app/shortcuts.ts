import type { Shortcut } from '../lib/shortcuts.ts';
import { nameOf, PLACES, type PlaceId } from './places.ts';
import { strings } from './strings.ts';

/** Besides the keys that go somewhere. */
const ACTIONS = [
  { keys: ['c'], action: 'compose' },
  { keys: ['/'], action: 'filter' },
  { keys: ['?'], action: 'help' },
] as const;

export const SHORTCUTS: readonly Shortcut[] = [...PLACES.map(({ id, keys }) => ({ keys, action: id })), ...ACTIONS];

/** The key of the palette, which works while typing too. */
export const PALETTE_KEY = /Mac|iPhone|iPad/.test(globalThis.navigator?.userAgent ?? '') ? '⌘K' : 'Ctrl K';

/** As the help names it. */
export function labelOf({ action }: Shortcut): string {
  if (action in strings.keyActions) return strings.keyActions[action as keyof typeof strings.keyActions];
  return nameOf(action as PlaceId);
}
