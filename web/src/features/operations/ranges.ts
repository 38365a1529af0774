/** How far back Performance looks. Minutes are kept for 48 hours, hours for 90 days. */
export const RANGES = [
  { id: 'hour', hours: 1 },
  { id: 'day', hours: 24 },
  { id: 'week', hours: 168 },
  { id: 'month', hours: 720 },
  { id: 'quarter', hours: 2160 },
] as const;

type Range = (typeof RANGES)[number];

export function rangeOf(text: string | null): Range {
  return RANGES.find(({ id }) => id === text) ?? RANGES[1];
}
