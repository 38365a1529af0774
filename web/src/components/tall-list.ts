/** Firefox lays out nothing taller than 17.9 million pixels, Chromium and Safari nothing taller than 33.5 million. */
export const TALLEST_PX = 15_000_000;

/** What a scrolling element knows of itself, in pixels. */
interface Scroller {
  readonly scrollHeight: number;
  readonly clientHeight: number;
}

/**
 * How far a list goes for each pixel that its scroller goes: 1, unless it is taller than browsers can lay out; then the
 * scroller stands for `left` pixels more, and its end is still the end of the list.
 */
export function paceOf({ scrollHeight, clientHeight }: Scroller, left: number): number {
  const way = scrollHeight - clientHeight;
  return left <= 0 || way <= 0 ? 1 : (way + left) / way;
}
