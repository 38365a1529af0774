-- Limits of the API, and what workers have sent against theirs.

-- Counters of API limits, where there is no Redis: `points` operations since the window began that ends at `expire`
-- (milliseconds since epoch, by the clock of the process that began it). Written by the library rate-limiter-flexible,
-- which goes by the order of the columns. UNLOGGED: a write is in the way of every request, and a crash of the database
-- may well begin all windows anew.
create unlogged table api_limits (
  key text primary key,
  points integer not null default 0,
  expire bigint
) with (fillfactor = 50);

-- Messages that count against `workerLimits`, by worker and workspace: those whose reply came within the last minute or
-- hour, with those that have none yet.
create view worker_rate_limits as
select split_part(p.owner, ' ', 2)::uuid as worker_id, split_part(p.owner, ' ', 3)::uuid as workspace_id,
  coalesce(sum(p.permits) filter (where p.used_at > now() - interval '1 minute'), 0)::int as used_last_minute,
  sum(p.permits)::int as used_last_hour
from (
  select owner, used_at, permits from permits_used
  where used_at > now() - interval '1 hour' and owner like 'worker %'
  union all
  select owner, 'infinity', permits from permits_in_hand where owner like 'worker %'
) p
where p.permits > 0
group by p.owner;
