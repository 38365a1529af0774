import { type RefObject, useLayoutEffect, useState } from 'react';
import { type SeenRows, seenRows } from './tall-list.ts';

const NONE: SeenRows = { first: 0, last: -1, ahead: 0 };

/** Which rows of a list its scroller shows, whenever it is scrolled, resized or the list gets longer. */
export function useSeenRows(scroller: RefObject<HTMLElement | null>, rows: number): SeenRows {
  const [seen, setSeen] = useState(NONE);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = () => {
      const now = seenRows(element, rows);
      setSeen((before) => (isSame(before, now) ? before : now));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [scroller, rows]);
  return seen;
}

function isSame(one: SeenRows, other: SeenRows): boolean {
  return one.first === other.first && one.last === other.last && one.ahead === other.ahead;
}
