/** Keys that work anywhere outside a field, as one list: what they do and what the help says. */
export const SHORTCUTS = [
  { keys: ['g', 'c'], action: 'campaigns', label: 'Campaigns' },
  { keys: ['g', 'm'], action: 'mailbox', label: 'Mailbox' },
  { keys: ['/'], action: 'filter', label: 'Filter this page' },
  { keys: ['?'], action: 'help', label: 'These keys' },
] as const;

export type ShortcutAction = (typeof SHORTCUTS)[number]['action'];

export interface KeyState {
  readonly pressed: readonly string[];
  readonly action: ShortcutAction | null;
}

/** What one more key makes of those before: an action, the beginning of one, or nothing. */
export function pressKey(before: readonly string[], key: string): KeyState {
  const pressed = [...before, key];
  const whole = SHORTCUTS.find(({ keys }) => keys.length === pressed.length && keys.every((k, i) => k === pressed[i]));
  if (whole) return { pressed: [], action: whole.action };
  const begins = SHORTCUTS.some(({ keys }) => pressed.every((k, i) => k === keys[i]));
  if (begins) return { pressed, action: null };
  return before.length > 0 ? pressKey([], key) : { pressed: [], action: null };
}
