import { permitOwner } from '../db/permits.ts';
import type { DomainLimit } from '../domain/domain-limits.ts';
import { type GivenLimits, windowsOf, windowsOfPace } from '../domain/permit-window.ts';
import type { LaneAccount, LaneUser } from './lane.ts';
import type { Limit } from './permits.ts';

interface LimitedRequest {
  readonly limits: readonly Limit[];
  readonly domain: string | null;
  readonly batchSize: number | null;
  readonly batchDelayMs: number | null;
}

/** Every limit for messages of this request through this account; its own comes last, or that of its user. */
export function limitsOf(account: LaneAccount, request: LimitedRequest): Limit[] {
  const pace = windowsOfPace(request.batchSize ?? account.batchSize, request.batchDelayMs ?? account.batchDelayMs);
  const windows = [...pace, ...account.windows];
  const towards = account.domainLimits.find((limit) => limit.domain === request.domain);
  return [
    ...request.limits,
    ...(towards
      ? [
          {
            owner: permitOwner.domain(account.id, towards.domain),
            windows: windowsOf(towards),
            words: (window: string) => `the ${window} of account ${account.name} for ${towards.domain}`,
          },
        ]
      : []),
    ...(windows.length > 0
      ? [
          {
            owner: permitOwner.account(account.id),
            windows,
            words: (window: string) => `the ${window} of account ${account.name}`,
          },
        ]
      : []),
    ...(account.user ? [limitOfUser(account.user)] : []),
  ];
}

function limitOfUser({ id, email, windows }: LaneUser): Limit {
  return { owner: permitOwner.user(id), windows, words: (window) => `the ${window} of ${email}` };
}

/** What one worker may send for a workspace; null when it says nothing. */
export function limitOfWorker(workerId: string, workspaceId: string, limits: GivenLimits): Limit | null {
  const windows = windowsOf(limits);
  if (windows.length === 0) return null;
  const owner = permitOwner.worker(workerId, workspaceId);
  return { owner, windows, words: (window) => `the ${window} of a worker`, isOfWorker: true };
}

/** Recipient domains that have limits, with those that hold through every account of the workspace. */
export function limitedDomains(
  workspaceId: string,
  accounts: readonly LaneAccount[],
  ofWorkspace: readonly DomainLimit[],
): ReadonlyMap<string, readonly Limit[]> {
  const domains = new Map<string, readonly Limit[]>();
  for (const account of accounts) for (const { domain } of account.domainLimits) domains.set(domain, []);
  for (const limit of ofWorkspace) {
    const owner = permitOwner.domain(workspaceId, limit.domain);
    const words = (window: string) => `the ${window} for ${limit.domain}`;
    domains.set(limit.domain, [{ owner, windows: windowsOf(limit), words }]);
  }
  return domains;
}
