-- Webhooks of providers that come in, and webhooks of ours that go out.

alter table sending_accounts
  -- What the provider signs its webhooks with, or its public key: sealed with APP_SECRET.
  add column webhook_secret bytea,
  -- Amazon SES: the topic of Amazon SNS that its events come by.
  add column webhook_topic text;

-- Messages of providers that were taken, by their name for each: told again, nothing changes. Kept for two days, far longer
-- than a signature counts.
create table provider_messages (
  account_id uuid not null references sending_accounts on delete cascade,
  message_id text not null,
  received_at timestamptz not null default now(),
  primary key (account_id, message_id)
);
create index provider_messages_received on provider_messages (received_at);

-- 2 sent, or 4 failed: a provider that took a message may refuse it afterwards.
alter table sent_evidence add column state smallint not null default 2;

create table webhooks (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  name text not null,
  url text not null,
  -- email.sent, campaign.finished, … (src/contract/webhooks.ts)
  types text[] not null,
  allow_private_addresses boolean not null default false,
  -- Sealed with APP_SECRET. After a change both sign until `old_secret_until`.
  secret bytea not null,
  old_secret bytea,
  old_secret_until timestamptz,
  state text not null default 'active' check (state in ('active', 'disabled')),
  state_reason text,
  -- The first of the attempts that failed since one went well.
  failing_since timestamptz,
  -- How far the events of emails and the records of consent are told; ids are of the time when they were written.
  event_cursor uuid not null,
  consent_cursor uuid not null,
  -- Rows of the ledger are told of sends that began after this.
  ledger_since timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index webhooks_workspace on webhooks (workspace_id, id);

-- How far the ledger of a send is told: what its batches counted when they were looked at last. Nothing is written about
-- sends while they are sent, and nothing at all where there is no webhook.
create table webhook_batches (
  webhook_id uuid not null references webhooks on delete cascade,
  send_id uuid not null references campaign_sends on delete cascade,
  batch_no int not null,
  sent int not null,
  failed int not null,
  primary key (webhook_id, send_id, batch_no)
);

-- The state of a campaign that was told last.
create table webhook_campaigns (
  webhook_id uuid not null references webhooks on delete cascade,
  campaign_id uuid not null references campaigns on delete cascade,
  state text not null,
  primary key (webhook_id, campaign_id)
);

-- One message to one endpoint. Its body is kept as it is signed: a repetition is the same, byte for byte.
create table webhook_deliveries (
  id uuid primary key default new_id(),
  webhook_id uuid not null references webhooks on delete cascade,
  -- Our name for the event: found again, it is told once.
  event_id text not null,
  type text not null,
  body text not null,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
  attempts smallint not null default 0,
  next_attempt_at timestamptz not null default now(),
  -- [{at, status, durationMs, answer, error}], the last ten.
  tries jsonb not null default '[]',
  -- Who it is about, so that it can be erased.
  email_key text,
  created_at timestamptz not null default now(),
  delivered_at timestamptz
);
create unique index webhook_deliveries_once on webhook_deliveries (webhook_id, event_id);
create index webhook_deliveries_due on webhook_deliveries (webhook_id, next_attempt_at) where state = 'pending';
create index webhook_deliveries_listed on webhook_deliveries (webhook_id, id);
create index webhook_deliveries_created on webhook_deliveries (created_at);
create index webhook_deliveries_person on webhook_deliveries (email_key) where email_key is not null;
