import { useSyncExternalStore } from 'react';

const TICK_MS = 10_000;
let now = new Date();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

function tick(): void {
  now = new Date();
  for (const listener of listeners) listener();
}

/** The time, moving every ten seconds for the whole page at once. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now);
}
