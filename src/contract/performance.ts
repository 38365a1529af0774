import Type, { type Static } from 'typebox';
import { Id, Nullable } from './common.ts';

const Limit = Nullable(Type.Integer({ description: 'null: no such limit' }));

export const Performance = Type.Object({
  emailsPerSecond: Type.Number({ description: 'Accepted by servers, over the last ten whole seconds' }),
  activeWorkers: Type.Integer({ description: 'Worker processes that run, of the whole installation' }),
  campaigns: Type.Array(
    Type.Object({
      campaignId: Id,
      name: Type.String(),
      progress: Type.Number({ description: '0 to 100: the share of recipients with a final outcome' }),
      rate: Type.Number({ description: 'Emails a second' }),
      etaSeconds: Nullable(Type.Integer()),
    }),
    { description: 'Campaigns that are being sent' },
  ),
  accounts: Type.Array(
    Type.Object({
      accountId: Id,
      name: Type.String(),
      usedHour: Type.Integer({ description: 'Messages within the last 60 minutes' }),
      limitHour: Limit,
      usedDay: Type.Integer({ description: 'Messages within the last 24 hours' }),
      limitDay: Limit,
      state: Type.String({ enum: ['active', 'paused', 'disabled'] }),
    }),
  ),
  system: Type.Object({
    cpu: Type.Number({ description: 'Percent of the processors of this machine that are busy' }),
    memory: Type.Number({ description: 'Percent of the memory of this machine in use' }),
    queueDepth: Type.Integer({ description: 'Jobs that nobody has taken yet' }),
  }),
});
export type Performance = Static<typeof Performance>;
