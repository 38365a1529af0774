import type { ThroughputPoint } from '../../../../src/contract/throughput.ts';
import type { Point, Series } from '../../components/chart/series.ts';
import { lookOf, stateColor } from '../../components/recipient-states.ts';

const STATES = ['sent', 'deferred', 'failed', 'unknown'] as const;

/** In the words and colours of the ledger. */
export function throughputSeries(): Series[] {
  return STATES.map((state) => ({ key: state, label: lookOf(state).word, color: stateColor(state) }));
}

export function throughputPoints(stretches: readonly ThroughputPoint[]): Point[] {
  return stretches.map(({ beganAt, sent, deferred, failed, unknown }) => ({
    at: Date.parse(beganAt),
    values: { sent, deferred, failed, unknown },
  }));
}
