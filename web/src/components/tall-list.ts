/** Firefox lays out nothing taller than 17.9 million pixels, Chromium and Safari nothing taller than 33.5 million. */
export const TALLEST_PX = 15_000_000;
export const ROW_PX = 36;
/** Rows drawn beyond the edge, so that a quick wheel shows no holes. */
const BEYOND = 12;

/** What a scrolling element knows of itself, in pixels. */
interface Scroller {
  readonly scrollTop: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
}

/** Rows of a list that are on the screen, or close to it. */
export interface SeenRows {
  readonly first: number;
  /** Below `first` when the list has none. */
  readonly last: number;
  /** Pixels by which the list is further than its scroller: 0, unless it is taller than browsers can lay out. */
  readonly ahead: number;
}

/** How tall a list of so many rows is laid out. */
export function heightOf(rows: number): number {
  return Math.min(rows * ROW_PX, TALLEST_PX);
}

/**
 * By arithmetic alone, as all rows are equally tall. A list that is taller than browsers can lay out goes further than its
 * scroller with each pixel, and its end is still the end of the scroller.
 */
export function seenRows({ scrollTop, scrollHeight, clientHeight }: Scroller, rows: number): SeenRows {
  const way = scrollHeight - clientHeight;
  const left = rows * ROW_PX - heightOf(rows);
  const ahead = left <= 0 || way <= 0 ? 0 : (scrollTop * left) / way;
  const top = scrollTop + ahead;
  const last = Math.min(rows - 1, Math.ceil((top + clientHeight) / ROW_PX) + BEYOND);
  return { first: Math.max(0, Math.min(Math.floor(top / ROW_PX) - BEYOND, last)), last, ahead };
}
