import Type, { type Static } from 'typebox';
import { Outcome } from './campaigns.ts';
import { Id, Nullable, PageQuery, Time } from './common.ts';
import { CAMPAIGN_STATES } from './states.ts';

const StateList = Type.String({
  maxLength: 200,
  pattern: `^(${CAMPAIGN_STATES.join('|')})(,(${CAMPAIGN_STATES.join('|')}))*$`,
  description: 'One state, or several with commas between them',
});

export const CampaignsQuery = Type.Object({ ...PageQuery.properties, state: Type.Optional(StateList) });
export type CampaignsQuery = Static<typeof CampaignsQuery>;

/** `GET /api/campaigns/jobs`; `start` and `end` are positions, both included, newest first. */
export const JobsQuery = Type.Object({
  status: Type.Optional(StateList),
  start: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 })),
  end: Type.Optional(Type.Integer({ minimum: -1, maximum: 1_000_000, description: 'Default and most: start + 999' })),
});
export type JobsQuery = Static<typeof JobsQuery>;

export const CampaignJob = Type.Object({
  jobId: Type.String(),
  name: Type.String(),
  state: Type.String(),
  progress: Type.Number(),
  createdAt: Time,
  finishedAt: Nullable(Time),
  result: Nullable(Outcome),
});
export type CampaignJob = Static<typeof CampaignJob>;

export const CampaignJobs = Type.Object({
  status: Nullable(Type.String({ description: 'As it was asked for' })),
  count: Type.Integer(),
  jobs: Type.Array(CampaignJob),
});
export type CampaignJobs = Static<typeof CampaignJobs>;

/** Answer to pause, resume, cancel, launch and retry-failed. */
export const CampaignMoved = Type.Object({
  campaignId: Id,
  jobId: Type.String(),
  state: Type.String(),
  retried: Type.Optional(Type.Integer({ description: 'retry-failed: how many are tried again' })),
});
export type CampaignMoved = Static<typeof CampaignMoved>;

export const Removed = Type.Object({ removed: Type.Integer() });
