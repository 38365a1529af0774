-- Who runs workers, how many there should be, and what each of them is asked to do.

-- Work that one process at a time does for all: whoever holds the name until then.
create table leases (
  name text primary key,
  holder uuid not null,
  until timestamptz not null
);

-- One row for every node that runs worker processes.
create table worker_managers (
  id uuid primary key,
  host text not null,
  pid int not null,
  process_key text not null,
  min_workers int not null,
  max_workers int not null,
  -- Emails an hour that the node's environment asks for.
  target_throughput int not null,
  -- How many it should run: its share of what the pool should have.
  desired int not null default 0,
  running int not null default 0,
  started_at timestamptz not null default now(),
  heartbeat_at timestamptz not null default now()
);

-- What people asked of all workers together. One row; null means what the nodes' environments say.
create table worker_pool (
  singleton boolean primary key default true check (singleton),
  state text not null default 'running' check (state in ('running', 'stopped')),
  min_workers int check (min_workers >= 0),
  max_workers int check (max_workers > 0),
  target_throughput int check (target_throughput > 0),
  -- Set by hand; null: by autoscaling.
  pinned int check (pinned >= 0),
  desired int not null default 0,
  reason text not null default '',
  decided_at timestamptz not null default now()
);
insert into worker_pool default values;

-- What was decided, for people who ask why: one row a change, and one a minute.
create table scaling_decisions (
  decided_at timestamptz not null default now(),
  workers int not null,
  desired int not null,
  -- Recipients ready to be sent to, emails a second sent and allowed (null: no limit).
  depth bigint not null,
  rate real not null,
  allowed real,
  reason text not null
);
create index scaling_decisions_time on scaling_decisions (decided_at);

alter table email_workers
  -- Null: a worker that runs on its own.
  add column manager_id uuid,
  add column asked text check (asked in ('stop', 'restart')),
  add column rss_mb real not null default 0,
  -- Share of the last interval in which its event loop was busy, 0 to 1.
  add column utilization real not null default 0,
  add column campaigns uuid[] not null default '{}';

-- What was sent in the last seconds, of all campaigns or of a worker.
create index send_throughput_time on send_throughput (bucket);
