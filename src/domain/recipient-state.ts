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

/** Share of recipients with a final outcome, 0..100; 100 only when every one of them has it. */
export function progressOf(counts: RecipientCounts): number {
  const total = totalOf(counts);
  if (total === 0) return 0;
  const open = openOf(counts);
  return open === 0 ? 100 : Math.min(99.9, Math.floor(((total - open) / total) * 1000) / 10);
}
