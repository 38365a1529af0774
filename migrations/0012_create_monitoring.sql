-- What workers did, for dashboards, Prometheus and alerts. Written by each worker a few times a minute, beside the ledger
-- and never in its way. A picture: the ledger decides.

-- One row a worker and minute; after 48 hours one a worker and hour, kept 90 days.
create table worker_metrics (
  began_at timestamptz not null,
  -- How long a stretch this is: 1 or 60.
  minutes smallint not null,
  worker_id uuid not null,
  sent int not null,
  failed int not null,
  deferred int not null,
  unknown int not null,
  batches int not null,
  batch_ms float8 not null,
  -- The most it had.
  rss_mb int not null,
  cpu_seconds float8 not null,
  -- 0..1, the mean over `reports`.
  event_loop_utilization float8 not null,
  reports int not null,
  primary key (began_at, minutes, worker_id)
);

-- The same by account, for what concerns a workspace. A batch counts for the account that its first message went through.
create table account_metrics (
  account_id uuid not null,
  minutes smallint not null,
  began_at timestamptz not null,
  sent int not null,
  failed int not null,
  deferred int not null,
  unknown int not null,
  batches int not null,
  batch_ms float8 not null,
  primary key (account_id, minutes, began_at)
);

-- Only ever grows, as Prometheus wants its counters.
create table email_totals (
  account_id uuid not null,
  state text not null,
  -- Empty where a message was accepted.
  class text not null,
  emails bigint not null,
  primary key (account_id, state, class)
) with (fillfactor = 70);

-- Durations, counted by the smallest bound they are not above. Not cumulative: adding up is for whoever reads.
create table duration_totals (
  operation text not null,
  upto_ms float8 not null,
  observations bigint not null,
  sum_ms float8 not null,
  primary key (operation, upto_ms)
) with (fillfactor = 70);

-- One row a recipient, by the names that reports and scripts for other mailers go by. `status` is the ledger's state.
-- A view: it takes no index. Give campaign_id, and the ledger's primary key finds the rows.
create view email_logs as
  select s.workspace_id, s.campaign_id, e.send_id, e.seq, e.contact_id, e.email,
    (array['pending', 'sending', 'sent', 'deferred', 'failed', 'excluded', 'unknown', 'cancelled'])[e.state + 1] as status,
    e.attempts, e.account_id, e.code, e.class, e.response, e.reason, s.created_at, e.sent_at
  from email_sends e join campaign_sends s on s.id = e.send_id;
