// The table of operations that live progress is told from (docs/adr/0013).
//
// Locks: rows of progress_tracking in the order of their ids, in both writing statements. Nothing of the send path is
// locked. Commits are asynchronous: a crash loses a picture, and it is drawn again.
// Index: primary keys only; no index holds what changes, so updates are HOT.
import type { Operation } from '../contract/queue.ts';
import type { HotExecutor } from './database.ts';
import { jsonbText } from './jsonb.ts';

/** An operation as it was told last. Versions grow with every change, over all operations. */
export interface TrackedOperation {
  readonly workspaceId: string;
  readonly version: number;
  readonly operation: Operation;
}

/** A wish to look at an operation. */
export interface WantedClaim {
  readonly id: string;
  /** Nobody may have looked at it within this time. */
  readonly intervalMs: number;
  /** By the database's clock: when it has been looked at since, there is nothing to do. Null: whatever was seen. */
  readonly dirtyAt: string | null;
}

export interface Claim {
  readonly id: string;
  readonly workspaceId: string;
  /** Null when somebody else has looked, or looks, at it. Instants are text: microseconds count. */
  readonly claimedAt: string | null;
  readonly now: string;
  /** Somebody has seen all that there was to see at `dirtyAt`. */
  readonly clean: boolean;
  /** Until the interval is over. */
  readonly waitMs: number;
}

const CLAIM = `
with quick as (select set_config('synchronous_commit', 'off', true)),
wanted as (
  select w.* from unnest($1::uuid[], $2::int[], $3::timestamptz[]) as w(id, interval_ms, dirty_at), quick
), known as (
  select c.id, c.workspace_id, 'campaign' as kind from campaigns c join wanted w on w.id = c.id where c.kind = 'campaign' and c.state <> 'draft'
  union all
  select i.id, i.workspace_id, 'import' from lead_imports i join wanted w on w.id = i.id
  union all
  select o.id, o.workspace_id, 'contacts' from contact_operations o join wanted w on w.id = o.id
), claimed as (
  insert into progress_tracking as p (id, workspace_id, kind, claimed_at)
  select k.id, k.workspace_id, k.kind, clock_timestamp() from known k order by k.id
  on conflict (id) do update set claimed_at = clock_timestamp()
  where exists (select 1 from wanted w where w.id = p.id
    and p.claimed_at <= clock_timestamp() - make_interval(secs => w.interval_ms / 1000.0)
    and (w.dirty_at is null or p.snapshot_at is null or p.snapshot_at <= w.dirty_at))
  returning p.id, p.claimed_at
)
select k.id, k.workspace_id as "workspaceId", c.claimed_at::text as "claimedAt", clock_timestamp()::text as now,
  coalesce(p.snapshot_at > w.dirty_at, false) as clean,
  greatest(0, w.interval_ms + coalesce(extract(epoch from p.claimed_at - clock_timestamp()) * 1000, 0))::float8 as "waitMs"
from known k join wanted w on w.id = k.id left join claimed c on c.id = k.id left join progress_tracking p on p.id = k.id`;

/**
 * Lets one node at a time look at each operation. A node that is too late learns how long to wait, and `now` to come
 * back with as `dirtyAt`. What does not exist, or is a draft, is not in the answer.
 */
export async function claimOperations(db: HotExecutor, wanted: readonly WantedClaim[]): Promise<Claim[]> {
  const { rows } = await db.query<Claim>({
    name: 'claim-operations',
    text: CLAIM,
    values: [wanted.map((w) => w.id), wanted.map((w) => w.intervalMs), wanted.map((w) => w.dirtyAt)],
  });
  return rows;
}

/** What a node saw of an operation that it had claimed. */
export interface SeenOperation {
  readonly operation: Operation;
  readonly ended: boolean;
  readonly claimedAt: string;
}

const STORE = `
with quick as (select set_config('synchronous_commit', 'off', true)),
seen as (
  select s.* from quick, jsonb_to_recordset($1::jsonb) as s(id uuid, name text, state text, progress float8, total int,
    processed int, succeeded int, failed int, rate float8, "etaSeconds" int, "waitingFor" text, counts jsonb,
    ended boolean, "claimedAt" timestamptz)
), compared as (
  select s.*, (p.name, p.state, p.progress, p.total, p.processed, p.succeeded, p.failed, p.rate, p.eta_seconds, p.waiting_for, p.counts)
    is distinct from (s.name, s.state, s.progress, s.total, s.processed, s.succeeded, s.failed, s.rate, s."etaSeconds", s."waitingFor", s.counts)
    or p.version = 0 as changed
  from seen s join progress_tracking p on p.id = s.id
  where p.snapshot_at is null or p.snapshot_at < s."claimedAt"
  order by p.id for update of p
)
update progress_tracking p set
  name = c.name, state = c.state, progress = c.progress, total = c.total, processed = c.processed, succeeded = c.succeeded,
  failed = c.failed, rate = c.rate, eta_seconds = c."etaSeconds", waiting_for = c."waitingFor", counts = c.counts, ended = c.ended,
  snapshot_at = c."claimedAt",
  version = case when c.changed then nextval('progress_version') else p.version end,
  updated_at = case when c.changed then c."claimedAt" else p.updated_at end,
  dismissed_at = case when c.ended then p.dismissed_at end
from compared c
where p.id = c.id
returning p.id, p.version, p.updated_at as "updatedAt", c.changed`;

/** Writes what was seen, and answers with the new version of each operation that has changed. */
export async function storeOperations(
  db: HotExecutor,
  seen: readonly SeenOperation[],
): Promise<Array<{ id: string; version: number; updatedAt: Date }>> {
  const rows = seen.map(({ operation, ended, claimedAt }) => ({ ...operation, ended, claimedAt }));
  const result = await db.query<{ id: string; version: number; updatedAt: Date; changed: boolean }>({
    name: 'store-operations',
    text: STORE,
    values: [jsonbText(rows)],
  });
  return result.rows.filter((row) => row.changed);
}

const COLUMNS = `p.workspace_id as "workspaceId", p.version, p.id, p.kind, p.name, p.state, p.progress, p.total, p.processed,
  p.succeeded, p.failed, p.rate, p.eta_seconds as "etaSeconds", p.waiting_for as "waitingFor", p.counts, p.updated_at as "updatedAt"`;

type TrackedRow = Omit<Operation, 'waitingFor' | 'counts' | 'updatedAt'> & {
  workspaceId: string;
  version: number;
  waitingFor: string | null;
  counts: Operation['counts'] | null;
  updatedAt: Date;
};

/**
 * What is on a workspace's list (under way, or ended in the last day and not taken off), and what has changed since
 * version `after`; nothing that was deleted. The newest of them, `limit` at most.
 */
export async function listTracked(
  db: HotExecutor,
  workspaceId: string,
  after: number | null,
  limit: number,
): Promise<TrackedOperation[]> {
  const { rows } = await db.query<TrackedRow>({
    name: 'list-tracked',
    text: `select ${COLUMNS} from progress_tracking p
      where p.workspace_id = $1 and p.version > 0 and p.dismissed_at is null
        and (not p.ended or p.updated_at > now() - interval '1 day' or p.version > $2::bigint)
        and (exists (select 1 from campaigns c where c.id = p.id) or exists (select 1 from lead_imports i where i.id = p.id)
          or exists (select 1 from contact_operations o where o.id = p.id))
      order by p.id desc limit $3`,
    values: [workspaceId, after, limit],
  });
  return rows.map(trackedOf);
}

/** What has changed in some workspaces since a version. */
export async function listTrackedSince(
  db: HotExecutor,
  workspaceIds: readonly string[],
  after: number,
): Promise<TrackedOperation[]> {
  const { rows } = await db.query<TrackedRow>({
    name: 'list-tracked-since',
    text: `select ${COLUMNS} from progress_tracking p
      where p.workspace_id = any($1::uuid[]) and p.version > $2 and p.dismissed_at is null order by p.version`,
    values: [workspaceIds, after],
  });
  return rows.map(trackedOf);
}

export async function findTracked(db: HotExecutor, id: string): Promise<TrackedOperation | null> {
  const { rows } = await db.query<TrackedRow>({
    name: 'find-tracked',
    text: `select ${COLUMNS} from progress_tracking p where p.id = $1 and p.version > 0`,
    values: [id],
  });
  return rows[0] ? trackedOf(rows[0]) : null;
}

function trackedOf({ workspaceId, version, waitingFor, counts, updatedAt, ...rest }: TrackedRow): TrackedOperation {
  const operation = {
    ...rest,
    ...(waitingFor === null ? {} : { waitingFor }),
    ...(counts ? { counts } : {}),
    updatedAt: updatedAt.toISOString(),
  };
  return { workspaceId, version, operation };
}

export async function findLastVersion(db: HotExecutor): Promise<number> {
  const { rows } = await db.query<{ version: number }>('select last_value as version from progress_version');
  return rows[0]?.version ?? 0;
}

const STALE = `
with known as (
  select id, workspace_id, state, finished_at, state in ('waiting', 'active') as moving from campaigns where kind = 'campaign' and state <> 'draft'
  union all
  select id, workspace_id, state, finished_at, state in ('waiting', 'active') from lead_imports
  union all
  select id, workspace_id, state, finished_at, state in ('waiting', 'active') from contact_operations
)
select k.id, clock_timestamp()::text as now from known k left join progress_tracking p on p.id = k.id
where ($1::uuid is null or k.workspace_id = $1) and (k.finished_at is null or k.finished_at > now() - interval '1 day')
  and (p.state is distinct from k.state or (k.moving and p.claimed_at < clock_timestamp() - make_interval(secs => $2 / 1000.0)))`;

/**
 * Operations whose row does not tell their state, and those under way that nobody has looked at for `ageMs`; of one
 * workspace, or of all (null). `now` is the database's clock.
 */
export async function listStale(
  db: HotExecutor,
  workspaceId: string | null,
  ageMs: number,
): Promise<Array<{ id: string; now: string }>> {
  const { rows } = await db.query<{ id: string; now: string }>({
    name: 'list-stale-operations',
    text: STALE,
    values: [workspaceId, ageMs],
  });
  return rows;
}
