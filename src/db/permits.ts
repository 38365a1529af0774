import type { HotExecutor } from './database.ts';

/** Whatever has a limit, as the permit tables name it. */
export const permitOwner = {
  account: (accountId: string) => `account ${accountId}`,
  /** Of an account that sends as several users: each has limits of his own. */
  user: (userId: string) => `user ${userId}`,
  campaign: (campaignId: string) => `campaign ${campaignId}`,
  /** What one worker may send for one workspace. The view worker_rate_limits takes this apart. */
  worker: (workerId: string, workspaceId: string) => `worker ${workerId} ${workspaceId}`,
  /** `of` is the workspace or the account whose limit it is. */
  domain: (of: string, domain: string) => `domain ${of} ${domain}`,
} as const;

/** What a process that is gone had written last may be on its way to the server this long. */
const ON_ITS_WAY = `interval '10 seconds'`;

/** Ends the permits of processes that are certain to be gone: they count as used from now on. */
export async function retirePermitsOf(db: HotExecutor, holders: readonly string[]): Promise<void> {
  await db.query(
    `with gone as (delete from permits_in_hand where holder = any($1::uuid[]) returning owner, permits)
     insert into permits_used (owner, used_at, permits)
     select owner, clock_timestamp() + ${ON_ITS_WAY}, sum(permits) from gone where permits > 0 group by owner`,
    [holders],
  );
}

/**
 * The same for permits of holders that say nothing any more, or never did (a test send). None of theirs can be used
 * after a minute, not even by a process that was stopped and goes on (engine/granted-permits.ts).
 */
export async function retireAbandonedPermits(db: HotExecutor): Promise<void> {
  await db.query({
    name: 'retire-abandoned-permits',
    text: `with gone as (
        delete from permits_in_hand h
        where h.taken_at < now() - interval '70 seconds' and not exists (
          select 1 from email_workers w where w.id = h.holder and w.state in ('running', 'stopping'))
        returning owner, permits)
      insert into permits_used (owner, used_at, permits)
      select owner, clock_timestamp() + ${ON_ITS_WAY}, sum(permits) from gone where permits > 0 group by owner`,
  });
}

/**
 * Merges old rows, so that a window of a day is a sum over some two thousand of them at any rate: 200 ms of messages
 * in a row after some seconds, 20 s after two minutes, 5 minutes after two hours. A merged row takes the latest moment
 * in it, so a window may keep a message longer than it must, by at most 1/180 of its width, and never shorter.
 */
export async function mergeUsedPermits(db: HotExecutor): Promise<void> {
  await db.query({
    name: 'merge-used-permits',
    text: `with tiers (older, newer, bin) as (values
        (interval '3 seconds', interval '2 minutes', interval '200 milliseconds'),
        (interval '2 minutes', interval '2 hours', interval '20 seconds'),
        (interval '2 hours', interval '2 days', interval '5 minutes')
      ), old as (
        select u.ctid as at, t.bin, count(*) over (partition by u.owner, t.bin, date_bin(t.bin, u.used_at, 'epoch')) as rows
        from permits_used u join tiers t on u.used_at <= now() - t.older and u.used_at > now() - t.newer
      ), merged as (
        delete from permits_used u using old where u.ctid = old.at and old.rows > 1
        returning u.owner, u.used_at, u.permits, old.bin
      )
      insert into permits_used (owner, used_at, permits)
      select owner, max(used_at), sum(permits) from merged group by owner, bin, date_bin(bin, used_at, 'epoch')`,
  });
}

/** Removes what no window can count any more. */
export async function deleteOldPermits(db: HotExecutor): Promise<void> {
  await db.query(`delete from permits_used where used_at < now() - interval '1 day 1 minute'`);
}
