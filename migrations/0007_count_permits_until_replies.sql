-- Limits as the receiving server counts them (docs/adr/0004-permits-close-with-the-reply.md), and what is known of an
-- account's server beyond its settings.

-- Permits that a process holds: taken, and the message has no reply yet. Counted by every window, however long it takes.
-- An owner is what has a limit: 'account <id>', 'campaign <id>', 'domain <workspace or account id> <domain>'.
create table permits_in_hand (
  owner text not null,
  -- The worker; or, of a test send, an id of its own.
  holder uuid not null,
  permits int not null,
  -- No permit of this row may be used later than a minute after this.
  taken_at timestamptz not null,
  primary key (owner, holder)
) with (fillfactor = 50);

-- Permits whose message has its reply: a window of width w counts them until used_at + w. The server took the message
-- before it replied, so this is never too early. Old rows are merged, always into the latest moment of the merged.
create table permits_used (
  owner text not null,
  used_at timestamptz not null,
  permits int not null
);
create index permits_used_window on permits_used (owner, used_at) include (permits);

insert into permits_used (owner, used_at, permits)
select case when exists (select 1 from campaigns c where c.id = r.owner_id) then 'campaign ' else 'account ' end || r.owner_id,
  -- A permit was good for a second.
  r.reserved_at + interval '1 second', sum(r.permits)
from permit_reservations r group by r.owner_id, r.reserved_at having sum(r.permits) > 0;
drop table permit_reservations;

-- One exchange between a process and the limits of an owner. The process says how many permits it holds after the used
-- ones it reports (so a call that was lost with its answer is made good by the next one), and asks for `wanted` more.
-- `widths_ms` and `allowed` are the windows that apply. Answers when the granted permits may be used, as milliseconds
-- from now: `after_ms[i]` goes with `granted[i]`, ascending, at most `horizon_ms`. When none is granted: `wait_ms` until
-- the first comes free, as far as is known, and the number of the window that is waited for.
-- The lock and every statement behind it are separate on purpose: in READ COMMITTED each sees what the lock's last
-- holder committed, where one statement would count with the snapshot from before its wait.
create function exchange_permits(
  p_owner text, p_holder uuid, p_in_hand int, p_used_ages_ms int[], p_used int[],
  p_wanted int, p_widths_ms int[], p_allowed int[], p_horizon_ms int,
  out after_ms float8[], out granted int[], out wait_ms float8, out bound_by int, out left_in_widest int
) language plpgsql volatile as $$
declare
  v_now timestamptz;
  v_held int;
  v_horizon interval := make_interval(secs => p_horizon_ms / 1000.0);
begin
  perform pg_advisory_xact_lock(hashtextextended(p_owner, 7));
  v_now := clock_timestamp();
  insert into permits_used (owner, used_at, permits)
  select p_owner, v_now - make_interval(secs => u.age_ms / 1000.0), u.permits
  from unnest(p_used_ages_ms, p_used) as u(age_ms, permits);
  select p_in_hand + coalesce(sum(h.permits), 0) into v_held
  from permits_in_hand h where h.owner = p_owner and h.holder <> p_holder;

  if p_wanted > 0 then
    with windows as (
      select w.no, w.width, w.allowed - v_held - coalesce((
        select sum(u.permits) from permits_used u where u.owner = p_owner and u.used_at > v_now - w.width), 0)::int as free
      from (select no, make_interval(secs => width_ms / 1000.0) as width, l.allowed
        from unnest(p_widths_ms, p_allowed) with ordinality as l(width_ms, allowed, no)) w
    ), leaving as (
      select w.no, u.used_at + w.width as at,
        (w.free + sum(u.permits) over (partition by w.no order by u.used_at))::int as free
      from windows w join permits_used u
        on u.owner = p_owner and u.used_at > v_now - w.width and u.used_at <= v_now - w.width + v_horizon
    ), moments as (
      select v_now as at union select at from leaving
    ), room as (
      select m.at, least(p_wanted, greatest(0, min(coalesce(
        (select max(l.free) from leaving l where l.no = w.no and l.at <= m.at), w.free)))) as upto
      from moments m cross join windows w group by m.at
    ), steps as (
      select at, upto - lag(upto, 1, 0) over (order by at) as permits from room
    )
    select array_agg(extract(epoch from s.at - v_now)::float8 * 1000 order by s.at), array_agg(s.permits order by s.at),
      (select free from windows order by width desc limit 1)
    into after_ms, granted, left_in_widest
    from steps s where s.permits > 0;
  end if;

  insert into permits_in_hand as h (owner, holder, permits, taken_at)
  values (p_owner, p_holder, p_in_hand + coalesce((select sum(g) from unnest(granted) g), 0), v_now + v_horizon)
  on conflict (owner, holder) do update set permits = excluded.permits,
    taken_at = case when granted is null then h.taken_at else excluded.taken_at end;

  if p_wanted > 0 and granted is null then
    -- What is in hand may be given back unused at any moment: where a window hinges on that, ask again in a while.
    select extract(epoch from max(case when t.hinges then least(t.at, v_now + least(t.width / 2, interval '1 second'))
        else t.at end - v_now)) * 1000,
      (array_agg(t.no order by coalesce(t.at, v_now + t.width) desc))[1]
    into wait_ms, bound_by
    from (
      select w.no, w.width, w.used < w.allowed as hinges, (
        select r.used_at + w.width from (
          select u.used_at, sum(u.permits) over (order by u.used_at) as leaving
          from permits_used u where u.owner = p_owner and u.used_at > v_now - w.width) r
        where r.leaving >= w.used + v_held + 1 - w.allowed order by r.used_at limit 1) as at
      from (
        select l.no, l.width, l.allowed, coalesce((
          select sum(u.permits) from permits_used u where u.owner = p_owner and u.used_at > v_now - l.width), 0)::int as used
        from (select no, make_interval(secs => width_ms / 1000.0) as width, a.allowed
          from unnest(p_widths_ms, p_allowed) with ordinality as a(width_ms, allowed, no)) l
      ) w
      where w.used + v_held >= w.allowed
    ) t;
  end if;
end
$$;

-- What an account's server has said and done lately: shared by every worker, and shown to people. A row exists from the
-- first trouble on; none means that there was none.
create table account_health (
  account_id uuid primary key references sending_accounts on delete cascade,
  -- Sends nothing before this moment: what the server asked for, or spoke of.
  paused_until timestamptz,
  pause_reason text,
  -- The last throttle: when, the rate it was cut to (messages a minute), and what it grows by every ten seconds since,
  -- until it has doubled what it was before the first cut, and is forgotten.
  throttled_at timestamptz,
  throttle_reason text,
  rate_per_minute float8,
  rate_step float8,
  rate_ceiling float8,
  -- The circuit breaker. Open: not reached, nobody tries before open_until; then one worker sends one message.
  breaker text not null default 'closed' check (breaker in ('closed', 'open')),
  breaker_reason text,
  open_until timestamptz,
  failures int not null default 0,
  probe_by uuid,
  probe_until timestamptz
);

-- [{"domain":"example.com","perSecond"?,"perMinute"?,"perHour"?,"perDay"?}]: limits of this account towards a domain.
alter table sending_accounts add column domain_limits jsonb not null default '[]';
