/** One line or area of a chart. */
export interface Series {
  readonly key: string;
  readonly label: string;
  /** CSS colour, `var(--state-sent)`. */
  readonly color: string;
}

/** What stands above one place of the horizontal axis: a value for each series, by its key. */
export interface Point {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly values: Readonly<Record<string, number | null>>;
}

/** Colours for what has none of its own: accounts, campaigns. They can be told apart by people who see fewer colours too. */
const PALETTE = ['#2f6fde', '#c98a00', '#2e7d4f', '#7a4fd0', '#c8372d', '#3a9aa8', '#a8648f', '#7a7a52'] as const;

export function colorAt(index: number): string {
  return PALETTE[index % PALETTE.length] ?? PALETTE[0];
}
