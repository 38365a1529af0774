import { useEffect, useSyncExternalStore } from 'react';

let title = '';
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Names the tab and the last crumb after what the page shows. */
export function usePageTitle(text: string): void {
  useEffect(() => {
    title = text;
    document.title = text === '' ? 'Postrider' : `${text} · Postrider`;
    for (const listener of listeners) listener();
  }, [text]);
}

/** What the page that is open calls itself. */
export function useShownTitle(): string {
  return useSyncExternalStore(subscribe, () => title);
}
