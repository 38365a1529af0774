/** What was measured of a process and what it stands on. Null: not known. */
export interface Load {
  /** How late timers were: the slowest hundredth, in milliseconds. */
  readonly eventLoopMs: number | null;
  /** How long the database took to answer the shortest of questions, the wait for a connection included. */
  readonly databaseMs: number | null;
  /** Statements of this process that wait for a connection. */
  readonly waitingForDatabase: number | null;
  /** Campaigns and imports that were asked for and nobody has taken up. */
  readonly queued: number | null;
}

/** Which share of the limits holds, and how sure that is. */
export interface LoadState {
  /** Index into FACTORS. */
  readonly level: number;
  /** Samples in a row that asked for more restraint, or for less. */
  readonly worse: number;
  readonly better: number;
  /** What the last sample that asked for restraint said; null at level 0. */
  readonly reason: string | null;
}

export const CALM: LoadState = { level: 0, worse: 0, better: 0, reason: null };

const FACTORS = [1, 0.75, 0.5, 0.25] as const;

/** From which value on a sign asks for level 1, 2 and 3. */
const SIGNS: ReadonlyArray<{ key: keyof Load; from: readonly [number, number, number]; words: (n: number) => string }> =
  [
    { key: 'eventLoopMs', from: [250, 500, 1000], words: (n) => `the server is busy (its timers are ${n} ms late)` },
    { key: 'databaseMs', from: [250, 1000, 2000], words: (n) => `the database is slow (${n} ms for an answer)` },
    { key: 'waitingForDatabase', from: [20, 100, 300], words: (n) => `${n} statements wait for the database` },
    { key: 'queued', from: [1000, 5000, 20_000], words: (n) => `${n} campaigns and imports wait in the queue` },
  ];

/** One slow sample is a hiccup; and it is calm when three in a row are well below what asked for restraint. */
const SAMPLES_TO_WORSEN = 2;
const SAMPLES_TO_IMPROVE = 3;
const WELL_BELOW = 0.7;

/** 1 down to 0.25. */
export function factorOf(state: LoadState): number {
  return FACTORS[state.level] ?? 1;
}

/** What to make of another sample: one step at a time, and not to and fro at a threshold. */
export function afterSample(state: LoadState, load: Load): LoadState {
  const now = levelOf(load, 1);
  if (now.level > state.level) {
    const worse = state.worse + 1;
    if (worse < SAMPLES_TO_WORSEN) return { ...state, worse, better: 0 };
    return { level: state.level + 1, worse: 0, better: 0, reason: now.reason };
  }
  if (levelOf(load, WELL_BELOW).level >= state.level)
    return { ...state, worse: 0, better: 0, reason: now.reason ?? state.reason };
  const better = state.better + 1;
  if (better < SAMPLES_TO_IMPROVE) return { ...state, worse: 0, better };
  const level = state.level - 1;
  return { level, worse: 0, better: 0, reason: level === 0 ? null : state.reason };
}

/** The level that the worst of the signs asks for, with thresholds at this share of theirs. */
function levelOf(load: Load, share: number): { level: number; reason: string | null } {
  let worst: { level: number; reason: string | null } = { level: 0, reason: null };
  for (const { key, from, words } of SIGNS) {
    const value = load[key] ?? 0;
    const level = from.filter((threshold) => value >= threshold * share).length;
    if (level > worst.level) worst = { level, reason: words(Math.round(value)) };
  }
  return worst;
}
