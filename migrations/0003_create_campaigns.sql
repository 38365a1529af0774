create table templates (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  name text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index templates_workspace on templates (workspace_id, id);

-- What is sent, never changed once written: a campaign points at the version it was launched with, so the ledger can
-- render again what a recipient got without keeping a copy of it per recipient.
create table template_versions (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  -- Null when a campaign brought its own content.
  template_id uuid references templates on delete cascade,
  version int not null,
  subject text not null,
  -- As the author wrote it.
  mjml text,
  html text,
  text text,
  -- What is sent: MJML turned into HTML, styles inlined.
  prepared_html text,
  created_at timestamptz not null default now(),
  unique (template_id, version)
);

create table sending_accounts (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  name text not null,
  type text not null check (type in ('smtp', 'resend', 'ses', 'sendgrid', 'mailgun', 'postmark', 'gmail')),
  preset text,
  host text,
  port int,
  secure text not null default 'starttls' check (secure in ('starttls', 'tls', 'none')),
  -- {username, password} sealed with AES-256-GCM; `key_id` names the key, so that keys can be changed.
  credentials bytea,
  key_id text,
  server_group text,
  weight int not null default 1 check (weight > 0),
  from_address text,
  max_connections int not null check (max_connections > 0),
  max_messages_per_connection int not null check (max_messages_per_connection > 0),
  timeout_ms int not null check (timeout_ms > 0),
  batch_size int not null check (batch_size > 0),
  batch_delay_ms int not null check (batch_delay_ms >= 0),
  limit_per_second int check (limit_per_second > 0),
  limit_per_minute int check (limit_per_minute > 0),
  limit_per_hour int check (limit_per_hour > 0),
  limit_per_day int check (limit_per_day > 0),
  state text not null default 'active' check (state in ('active', 'paused', 'disabled')),
  state_reason text,
  -- The built-in mailbox: an account like any other, but mail stays on this machine.
  is_sandbox boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index sending_accounts_workspace on sending_accounts (workspace_id, id);

-- Permits taken from an account or a campaign, counted by every rolling window. One row a block; what a block did not
-- use comes back as a negative row of the same moment, so that both leave a window together.
create table permit_reservations (
  owner_id uuid not null,
  reserved_at timestamptz not null,
  permits int not null
);
create index permit_reservations_window on permit_reservations (owner_id, reserved_at);

create table campaigns (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  name text not null,
  state text not null check (state in ('draft', 'delayed', 'waiting', 'active', 'paused', 'completed', 'failed', 'cancelled')),
  -- Why it failed or waits, in words for people.
  state_reason text,
  template_version_id uuid references template_versions,
  from_name text,
  from_address text,
  reply_to text,
  headers jsonb not null default '{}',
  -- {"kind":"inline"} | {"kind":"lists","listIds":[],"segmentIds":[],"excludeListIds":[]}
  audience jsonb,
  account_ids uuid[] not null default '{}',
  batch_size int,
  batch_delay_ms int,
  rate_limit_per_hour int,
  concurrency int,
  priority int not null default 0,
  retry jsonb,
  tracking jsonb,
  on_unknown text not null default 'hold' check (on_unknown in ('hold', 'resend')),
  timezone text,
  scheduled_at timestamptz,
  created_at timestamptz not null default now(),
  launched_at timestamptz,
  started_at timestamptz,
  finished_at timestamptz
);
create index campaigns_workspace on campaigns (workspace_id, id);
-- The few that are under way are looked at every second.
create index campaigns_under_way on campaigns (state, priority desc, launched_at) where state in ('delayed', 'waiting', 'active');

create table campaign_attachments (
  campaign_id uuid not null references campaigns on delete cascade,
  position int not null,
  filename text not null,
  content_type text not null,
  content bytea not null,
  cid text,
  primary key (campaign_id, position)
);

-- An audience that came with the request, as it came, until it is expanded.
create table campaign_audience_rows (
  campaign_id uuid not null references campaigns on delete cascade,
  row_no int not null,
  email text not null,
  -- Null when `reason` says why this row is not sent to: invalid or duplicate.
  email_key text,
  reason text,
  data jsonb not null,
  primary key (campaign_id, row_no)
);
