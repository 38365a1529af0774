-- What people are to know without looking: raised when a condition has held for a while, cleared when it is over.

create table alerts (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  -- domain/alert-rules.ts names the kinds.
  kind text not null,
  -- What of its kind it is about: a campaign, an account, a worker; empty where there is only one.
  subject text not null,
  state text not null default 'open' check (state in ('open', 'acknowledged', 'cleared')),
  message text not null,
  -- As measured last, and where it was raised; both null where the condition is no number.
  value float8,
  threshold float8,
  raised_at timestamptz not null default now(),
  acknowledged_at timestamptz,
  cleared_at timestamptz
);
create index alerts_workspace on alerts (workspace_id, id);
-- One at a time for one thing.
create unique index alerts_open on alerts (workspace_id, kind, subject) where state <> 'cleared';

-- Conditions that hold, and have not held for long enough yet.
create table alert_conditions (
  workspace_id uuid not null references workspaces on delete cascade,
  kind text not null,
  subject text not null,
  since timestamptz not null,
  primary key (workspace_id, kind, subject)
);

-- Who is told, and what came of it.
create table alert_deliveries (
  id uuid primary key default new_id(),
  alert_id uuid not null references alerts on delete cascade,
  event text not null check (event in ('raised', 'cleared')),
  channel text not null check (channel in ('webhook', 'email')),
  -- The address.
  target text not null,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
  attempts int not null default 0,
  -- Nobody else takes it before this.
  next_attempt_at timestamptz not null default now(),
  last_error text,
  delivered_at timestamptz,
  created_at timestamptz not null default now()
);
create index alert_deliveries_due on alert_deliveries (next_attempt_at) where state = 'pending';
create index alert_deliveries_alert on alert_deliveries (alert_id, id);
