/** At most `allowed` in any stretch of `widthMs`. */
export interface Rule {
  readonly widthMs: number;
  readonly allowed: number;
}

/** The most of these ascending moments that fall into any stretch of `widthMs`: every window there is, by two pointers. */
export function mostWithin(times: readonly number[], widthMs: number): number {
  let most = 0;
  let from = 0;
  for (let to = 0; to < times.length; to++) {
    while ((times[to] ?? 0) - (times[from] ?? 0) >= widthMs) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

/** When each of `count` messages could go at the earliest, in milliseconds from the first. */
function idealTimes(rules: readonly Rule[], count: number): number[] {
  const times: number[] = [];
  for (let i = 0; i < count; i++)
    times.push(
      Math.max(0, ...rules.map(({ widthMs, allowed }) => (i < allowed ? 0 : (times[i - allowed] ?? 0) + widthMs))),
    );
  return times;
}

/** The share of what was allowed that was used: the least time these messages could have taken over the time they took. */
export function shareUsed(times: readonly number[], rules: readonly Rule[]): number {
  const least = idealTimes(rules, times.length).at(-1) ?? 0;
  return least / ((times.at(-1) ?? 0) - (times[0] ?? 0));
}
