import { createContext, useContext, useMemo, useSyncExternalStore } from 'react';
import type { Clock } from './times.ts';

const TICK_MS = 10_000;
let now = new Date();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === null) {
    // Nobody looked at it since: what happened meanwhile would be yet to come.
    now = new Date();
    timer = setInterval(tick, TICK_MS);
  }
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

/** The workspace's time zone; null reads times in the browser's own. */
export const TimeZone = createContext<string | null>(null);

/** The time in the workspace's zone, moving every ten seconds for the whole page at once. */
export function useClock(): Clock {
  const current = useSyncExternalStore(subscribe, () => now);
  const zone = useContext(TimeZone);
  return useMemo(() => (zone === null ? { now: current } : { now: current, zone }), [current, zone]);
}
