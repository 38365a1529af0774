-- The ledger: what became of every recipient. Rows are made before anything is sent.

create table campaign_sends (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  campaign_id uuid not null unique references campaigns on delete cascade,
  -- Expansion: how far the audience was walked, in the transaction that wrote the rows.
  expand_cursor text,
  expanded_at timestamptz,
  -- Rows written so far; the next one is total + 1.
  total int not null default 0,
  created_at timestamptz not null default now()
);

-- A batch is a range of rows with one owner. Everything that says who may send lives here, by this database's clock.
create table campaign_send_batches (
  send_id uuid not null references campaign_sends on delete cascade,
  batch_no int not null,
  first_seq int not null,
  last_seq int not null,
  -- ready: has pending rows · leased: a worker has it · waiting: only deferred rows, or no account free, until wake_at · done
  state text not null default 'ready' check (state in ('ready', 'leased', 'waiting', 'done')),
  -- Grows with every owner. A gate and a record carry the fence they were given; an older one gets nothing.
  fence bigint not null default 0,
  worker_id uuid,
  lease_until timestamptz,
  wake_at timestamptz,
  waiting_for text,
  -- Counts of the rows' states as of the last time the batch had no owner: exact then, because every statement that
  -- changes rows of an unowned batch counts them again. While it is leased they are counted live.
  pending int not null,
  sending int not null default 0,
  sent int not null default 0,
  deferred int not null default 0,
  failed int not null default 0,
  excluded int not null default 0,
  unknown int not null default 0,
  cancelled int not null default 0,
  primary key (send_id, batch_no)
) with (fillfactor = 70);
-- The next batch to work on is found without walking over those that are done.
create index campaign_send_batches_open on campaign_send_batches (send_id, batch_no) where state <> 'done';

-- One row a recipient, updated twice in its life: by the gate and by the outcome. No index holds `state`, so both
-- updates stay on the page (HOT): measured, a partial index on state halved the rate and it fell as the table grew.
create table email_sends (
  send_id uuid not null,
  seq int not null,
  contact_id uuid,
  email text not null,
  -- Null for rows that were never to be sent to (invalid, duplicate), so that the constraint below can hold.
  email_key text,
  -- Merge fields as they were at launch.
  data jsonb not null,
  -- 0 pending 1 sending 2 sent 3 deferred 4 failed 5 excluded 6 unknown 7 cancelled (src/domain/recipient-state.ts)
  state smallint not null,
  attempts smallint not null default 0,
  -- The batch fence under which the row passed the gate.
  fence bigint,
  account_id uuid,
  -- Three-digit reply code of the last answer, and how it was classified.
  code smallint,
  class text,
  response text,
  -- excluded: why.
  reason text,
  sent_at timestamptz,
  primary key (send_id, seq)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.2);
-- The promise of one copy, kept by the database. Never updated.
create unique index email_sends_one_copy on email_sends (send_id, email_key);

-- Deferred rows wait here for their next attempt.
create table email_retry_jobs (
  send_id uuid not null,
  seq int not null,
  due_at timestamptz not null,
  primary key (send_id, seq)
);

-- What happened after the hand-over, or besides it: delivered, bounced, complained, opened, clicked, unsubscribed.
create table email_events (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  send_id uuid not null,
  seq int not null,
  type text not null,
  data jsonb not null default '{}',
  occurred_at timestamptz not null default now()
);
create index email_events_recipient on email_events (send_id, seq);

-- Messages accepted per five seconds and account, written by the recorder: rates for any node, without touching hot rows.
create table send_throughput (
  send_id uuid not null,
  bucket timestamptz not null,
  account_id uuid not null,
  worker_id uuid not null,
  sent int not null,
  refused int not null,
  primary key (send_id, bucket, account_id, worker_id)
);

create table email_workers (
  id uuid primary key,
  host text not null,
  pid int not null,
  -- Boot, process namespace and start time: tells on the same machine, without doubt, that a worker is gone.
  process_key text not null,
  state text not null default 'running' check (state in ('running', 'stopping', 'stopped', 'dead')),
  started_at timestamptz not null default now(),
  heartbeat_at timestamptz not null default now()
);
create index email_workers_running on email_workers (heartbeat_at) where state in ('running', 'stopping');

-- For people and reports: the ledger with words instead of numbers.
create view email_send_states as
  select send_id, seq, contact_id, email, attempts, account_id, code, class, response, reason, sent_at,
    (array['pending', 'sending', 'sent', 'deferred', 'failed', 'excluded', 'unknown', 'cancelled'])[state + 1] as state
  from email_sends;
