import type { AccountUses } from '../contract/accounts.ts';
import { listLimitUse } from '../db/limit-use.ts';
import { Cached } from '../lib/cached.ts';
import type { Caller, Core } from './context.ts';

const FRESH_MS = 1000;
/** A hundred accounts that sent all day are 100 ms of adding up: that is done behind an answer, not before it. */
const USABLE_MS = 15_000;

/** How much of its limits each account of a workspace has used: read once for all who look. */
export class AccountUseFeed {
  readonly #cached: Cached<AccountUses>;

  constructor(core: Pick<Core, 'db'>) {
    const read = async (workspaceId: string) => ({
      items: (await listLimitUse(core.db.pool, workspaceId)).map(
        ({ accountId, usedSecond, usedMinute, usedHour, usedDay }) => ({
          accountId,
          usedSecond,
          usedMinute,
          usedHour,
          usedDay,
        }),
      ),
    });
    this.#cached = new Cached(read, FRESH_MS, USABLE_MS);
  }

  read({ workspaceId }: Caller): Promise<AccountUses> {
    return this.#cached.get(workspaceId);
  }
}
