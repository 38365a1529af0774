import type { RecipientCounts, RecipientState } from '../contract/states.ts';

/** The ledger's `state` column: small numbers, because the row is rewritten twice per recipient. */
export const STATE_CODE = {
  pending: 0,
  sending: 1,
  sent: 2,
  deferred: 3,
  failed: 4,
  excluded: 5,
  unknown: 6,
  cancelled: 7,
} as const satisfies Record<RecipientState, number>;

const BY_CODE = Object.fromEntries(Object.entries(STATE_CODE).map(([name, code]) => [code, name])) as Record<
  number,
  RecipientState
>;

export function stateFromCode(code: number): RecipientState {
  const state = BY_CODE[code];
  if (!state) throw new Error(`Unknown recipient state code ${code} in the ledger`);
  return state;
}

const NOT_FINAL: readonly RecipientState[] = ['pending', 'sending', 'deferred'];

export function totalOf(counts: RecipientCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

export function openOf(counts: RecipientCounts): number {
  return NOT_FINAL.reduce((sum, state) => sum + counts[state], 0);
}

export function emptyCounts(): RecipientCounts {
  return { sent: 0, sending: 0, deferred: 0, failed: 0, unknown: 0, excluded: 0, cancelled: 0, pending: 0 };
}

/**
 * Share of recipients with a final outcome, 0..100; 100 only when every one of them has it. `expected`: how many there will
 * be, while the ledger is still being written; null when all of them are in the counts.
 */
export function progressOf(counts: RecipientCounts, expected: number | null = null): number {
  const written = totalOf(counts);
  const total = Math.max(written, expected ?? 0);
  if (total === 0) return 0;
  const done = written - openOf(counts);
  if (done === total && expected === null) return 100;
  return Math.min(99.9, Math.floor((done / total) * 1000) / 10);
}

/** What a send is expected to hold, while that is not known for certain. Sends without such a number go by what is written. */
export function expectedOf(send: { expandedAt: Date | null; expectedTotal: number | null } | undefined): number | null {
  return send && send.expandedAt === null ? (send.expectedTotal ?? 0) : null;
}
