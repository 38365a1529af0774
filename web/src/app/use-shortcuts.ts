import { useEffect } from 'react';
import { useNavigate } from 'react-router';
import { pressKey, type ShortcutAction } from '../lib/shortcuts.ts';

const FORGET_MS = 3000;

/** Listens for the keys of lib/shortcuts.ts wherever nobody is typing. */
export function useShortcuts(onHelp: () => void): void {
  const navigate = useNavigate();
  useEffect(() => {
    let pressed: readonly string[] = [];
    let pressedAt = 0;
    const act = (action: ShortcutAction) => {
      switch (action) {
        case 'campaigns':
          return void navigate('/');
        case 'mailbox':
          return void navigate('/mailbox');
        case 'filter':
          return document.querySelector<HTMLInputElement>('[data-page-filter]')?.focus();
        case 'help':
          return onHelp();
      }
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const state = pressKey(event.timeStamp - pressedAt > FORGET_MS ? [] : pressed, event.key);
      pressed = state.pressed;
      pressedAt = event.timeStamp;
      if (state.action === null) return;
      event.preventDefault();
      act(state.action);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [navigate, onHelp]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, [contenteditable], [role="dialog"]') !== null
  );
}
