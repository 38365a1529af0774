-- Sending as the users of a Google Workspace, whom a service account acts for; logins to SMTP by OAuth 2 tokens.
alter table sending_accounts
  -- gmail: the administrator as whom the directory is read.
  add column admin_email text,
  -- gmail: messages in rolling 24 hours of each user who has no limit of his own.
  add column limit_per_user_per_day int check (limit_per_user_per_day > 0),
  -- gmail: when the directory was read last, in whole; what went wrong the last time, null when it went well.
  add column users_synced_at timestamptz,
  add column users_error text,
  -- gmail: nobody else reads the directory before this.
  add column users_next_sync_at timestamptz not null default now(),
  -- smtp: password, or xoauth2 with a token made from a service account's key or a refresh token (both among the credentials).
  add column auth text not null default 'password' check (auth in ('password', 'xoauth2')),
  -- smtp with a refresh token: {"provider":"google"|"microsoft","tenant"?,"clientId"}.
  add column oauth jsonb;

create table workspace_users (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  -- The ledger names users, so they outlive their account: null then.
  account_id uuid references sending_accounts on delete set null,
  -- Small letters, as the directory has it.
  email text not null,
  name text not null default '',
  -- active: may send; suspended: by the directory, or by what Gmail said; gone: the directory does not know him any more.
  state text not null default 'active' check (state in ('active', 'suspended', 'gone')),
  -- By people; the directory has no say in it.
  is_paused boolean not null default false,
  -- Messages in rolling 24 hours; null: the account's limit_per_user_per_day.
  limit_per_day int check (limit_per_day > 0),
  -- Sends nothing before this: a limit that Gmail spoke of. How many times in a row that happened lengthens it.
  rest_until timestamptz,
  rests int not null default 0,
  last_error text,
  last_error_at timestamptz,
  synced_at timestamptz not null default now(),
  created_at timestamptz not null default now()
);
create unique index workspace_users_email on workspace_users (account_id, email);

-- Which user a copy was sent as. Written with the gate, before anything leaves; null (and free) for all other accounts.
alter table email_sends add column workspace_user_id uuid;
