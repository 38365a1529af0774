import { describe, expect, it } from 'vitest';
import { pressKey } from './shortcuts.ts';

const SHORTCUTS = [
  { keys: ['g', 'c'], action: 'campaigns' },
  { keys: ['g', 'm'], action: 'mailbox' },
  { keys: ['/'], action: 'filter' },
  { keys: ['?'], action: 'help' },
];

/** What a row of keys does, one letter an action. */
function press(keys: string): Array<string | null> {
  let pressed: readonly string[] = [];
  return [...keys].map((key) => {
    const state = pressKey(SHORTCUTS, pressed, key);
    pressed = state.pressed;
    return state.action;
  });
}

describe('keys that work anywhere', () => {
  it('act alone or one after the other', () => {
    expect(press('gc')).toEqual([null, 'campaigns']);
    expect(press('gm')).toEqual([null, 'mailbox']);
    expect(press('/?')).toEqual(['filter', 'help']);
  });

  it('begin anew after a key that leads nowhere', () => {
    expect(press('gxgc')).toEqual([null, null, null, 'campaigns']);
    expect(press('ggc')).toEqual([null, null, 'campaigns']);
    expect(press('g/c')).toEqual([null, 'filter', null]);
  });
});
