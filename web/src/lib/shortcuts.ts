/** Keys that work anywhere outside a field. */
export interface Shortcut {
  readonly keys: readonly string[];
  readonly action: string;
}

export interface KeyState {
  readonly pressed: readonly string[];
  readonly action: string | null;
}

/** What one more key makes of those before: an action, the beginning of one, or nothing. */
export function pressKey(shortcuts: readonly Shortcut[], before: readonly string[], key: string): KeyState {
  const pressed = [...before, key];
  const whole = shortcuts.find(({ keys }) => keys.length === pressed.length && keys.every((k, i) => k === pressed[i]));
  if (whole) return { pressed: [], action: whole.action };
  const begins = shortcuts.some(({ keys }) => pressed.every((k, i) => k === keys[i]));
  if (begins) return { pressed, action: null };
  return before.length > 0 ? pressKey(shortcuts, [], key) : { pressed: [], action: null };
}
