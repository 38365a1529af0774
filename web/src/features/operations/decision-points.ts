import type { PoolStats } from '../../../../src/contract/workers.ts';
import type { Point } from '../../components/chart/series.ts';

type Decisions = PoolStats['decisions'];

/** Decisions come newest first; a chart reads from the left. */
export function scalingPoints(decisions: Decisions): Point[] {
  return decisions
    .toReversed()
    .map(({ at, workers, desired }) => ({ at: Date.parse(at), values: { workers, desired } }));
}

export function depthPoints(decisions: Decisions): Point[] {
  return decisions.toReversed().map(({ at, depth }) => ({ at: Date.parse(at), values: { depth } }));
}
