/** The stretch of `widthMs` that holds the most of these ascending moments. */
export interface FullestWindow {
  readonly widthMs: number;
  readonly count: number;
  /** The first moment in it. */
  readonly from: number;
}

/** Every window there is, by two pointers. */
export function fullestWindow(times: readonly number[], widthMs: number): FullestWindow {
  let fullest: FullestWindow = { widthMs, count: 0, from: times[0] ?? 0 };
  let from = 0;
  for (let to = 0; to < times.length; to++) {
    while ((times[to] ?? 0) - (times[from] ?? 0) >= widthMs) from++;
    if (to - from + 1 > fullest.count) fullest = { widthMs, count: to - from + 1, from: times[from] ?? 0 };
  }
  return fullest;
}
