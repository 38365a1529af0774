import { useEffect } from 'react';
import { useNavigate } from 'react-router';
import { pressKey } from '../lib/shortcuts.ts';
import { PLACES } from './places.ts';
import { SHORTCUTS } from './shortcuts.ts';

const FORGET_MS = 3000;

interface ShortcutTargets {
  readonly onHelp: () => void;
  readonly onPalette: () => void;
}

/** Listens for the keys of app/shortcuts.ts wherever nobody is typing, and for the palette's everywhere. */
export function useShortcuts({ onHelp, onPalette }: ShortcutTargets): void {
  const navigate = useNavigate();
  useEffect(() => {
    let pressed: readonly string[] = [];
    let pressedAt = 0;
    const act = (action: string) => {
      const place = PLACES.find(({ id }) => id === action);
      if (place) return void navigate(place.to);
      if (action === 'compose') return void navigate('/campaigns/new');
      if (action === 'filter') return document.querySelector<HTMLInputElement>('[data-page-filter]')?.focus();
      return onHelp();
    };
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key === 'k') {
        event.preventDefault();
        return onPalette();
      }
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const state = pressKey(SHORTCUTS, event.timeStamp - pressedAt > FORGET_MS ? [] : pressed, event.key);
      pressed = state.pressed;
      pressedAt = event.timeStamp;
      if (state.action === null) return;
      event.preventDefault();
      act(state.action);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [navigate, onHelp, onPalette]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, [contenteditable], [role="dialog"], [role="menu"]') !== null
  );
}
