import { expect, it } from 'vitest';
import type { Transport } from '../mail/transport.ts';
import type { LaneAccount } from './lane.ts';
import { type LaneSources, Lanes } from './lanes.ts';

const REQUEST = {
  workspaceId: 'w',
  accountIds: [],
  limits: [],
  domain: null,
  batchSize: null,
  batchDelayMs: null,
  wanted: 10,
  leadMs: 0,
  isUrgent: false,
};

function account(key: string, weight: number): LaneAccount {
  return {
    key,
    id: key,
    user: null,
    name: key,
    weight,
    serverGroup: null,
    maxConnections: 5,
    batchSize: 50,
    batchDelayMs: 0,
    windows: [],
    domainLimits: [],
    active: true,
    stateWords: '',
    isSandbox: false,
    takesSigned: true,
    revision: '1',
    trouble: null,
  };
}

it('gives accounts turns by their weights while each of them has room', async () => {
  const accounts = [account('heavy', 3), account('light', 1)];
  const sources: Pick<LaneSources, 'readWorkspace' | 'open'> = {
    readWorkspace: async () => ({ accounts, domainLimits: [], workerLimit: null }),
    open: async ({ maxConnections }) => ({ capacity: maxConnections, close: async () => {} }) as unknown as Transport,
  };
  const lanes = new Lanes(sources as LaneSources); // no limits: nothing else is asked for
  const sent = { heavy: 0, light: 0 };
  for (let turn = 0; turn < 400; turn++) {
    const grant = await lanes.acquire(REQUEST, new AbortController().signal);
    if (!('lane' in grant)) throw new Error(grant.waitingFor);
    sent[grant.lane.account.key as keyof typeof sent] += grant.count;
    grant.lane.release(grant.count);
  }
  await lanes.close(0);
  expect(sent.heavy / (sent.heavy + sent.light)).toBeCloseTo(0.75, 1);
  expect(sent.heavy + sent.light).toBeGreaterThan(2000);
});
