import type { CampaignState } from '../contract/states.ts';

/**
 * The moves a campaign may make, and the only place that says so. A move is one conditional UPDATE
 * (`where state = any(<from>)`); no row touched means the move was not allowed any more.
 *
 * draft → delayed (scheduled) | waiting (launched) → active (recipients are being written or sent) → completed
 */
const ALLOWED_FROM: Record<CampaignState, readonly CampaignState[]> = {
  draft: ['delayed'],
  delayed: ['draft'],
  waiting: ['draft', 'delayed', 'completed'],
  active: ['waiting', 'paused', 'completed', 'failed'],
  paused: ['delayed', 'waiting', 'active'],
  completed: ['active'],
  failed: ['waiting', 'active', 'delayed', 'paused'],
  cancelled: ['delayed', 'waiting', 'active', 'paused', 'failed'],
};

/** States from which a campaign may move into `to`. */
export function movesInto(to: CampaignState): readonly CampaignState[] {
  return ALLOWED_FROM[to];
}

export function isFinalCampaignState(state: CampaignState): boolean {
  return state === 'completed' || state === 'cancelled' || state === 'failed';
}
