import type { DayCounts, Overview, TroubledDomain } from '../contract/overview.ts';
import { countDays, type DayRow, findFirstSteps, listTroubledDomains } from '../db/overview.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { Cached } from '../lib/cached.ts';
import { checkTimezone, type WorkspaceDefaults } from './campaign-schedule.ts';
import type { Caller, Core } from './context.ts';

type OverviewCore = Pick<Core, 'db'>;

const FRESH_MS = 2000;
/** Reading the ledger of hundreds of batches is done behind an answer, not before it. */
const DOMAINS_FRESH_MS = 5000;
const DOMAINS_USABLE_MS = 120_000;

/** What somebody wants to know first: one picture for everybody who looks within two seconds. */
export class OverviewFeed {
  readonly #core: OverviewCore;
  readonly #pictures = new Cached<Overview>((key) => this.#read(key), FRESH_MS);
  readonly #domains = new Cached<TroubledDomain[]>(
    (workspaceId) => listTroubledDomains(this.#core.db.sql, workspaceId),
    DOMAINS_FRESH_MS,
    DOMAINS_USABLE_MS,
  );

  constructor(core: OverviewCore) {
    this.#core = core;
  }

  /** Throws VALIDATION for a time zone that does not exist. */
  async read({ workspaceId }: Caller, timezone: string | undefined): Promise<Overview> {
    if (timezone !== undefined) checkTimezone(timezone, 'timezone', 'refused');
    const { settings } = await getWorkspace(this.#core.db.sql, workspaceId);
    return this.#pictures.get(`${workspaceId} ${timezone ?? (settings as WorkspaceDefaults).timezone ?? 'UTC'}`);
  }

  async #read(key: string): Promise<Overview> {
    const [workspaceId = '', timezone = 'UTC'] = key.split(' ');
    const { sql } = this.#core.db;
    const [days, domains, steps] = await Promise.all([
      countDays(sql, workspaceId, timezone),
      this.#domains.get(workspaceId),
      findFirstSteps(sql, workspaceId),
    ]);
    const today = days.find(({ stretch }) => stretch === 'today');
    return {
      today: { ...countsOf(today), beganAt: (today?.beganAt ?? new Date()).toISOString() },
      yesterday: {
        ...countsOf(days.find(({ stretch }) => stretch === 'yesterday')),
        byNow: countsOf(days.find(({ stretch }) => stretch === 'byNow')),
      },
      domains,
      steps,
    };
  }
}

function countsOf(row: DayRow | undefined): DayCounts {
  const { sent = 0, failed = 0, deferred = 0, unknown = 0 } = row ?? {};
  return { sent, failed, deferred, unknown };
}
