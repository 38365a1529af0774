-- Who may do what. Everything else in the schema belongs to a workspace.

-- Ids are UUIDv7: ordered by time, so that primary keys grow at one end. PostgreSQL 18 makes them itself; before that
-- this does the same: 48 bits of Unix milliseconds in front of a random UUID, version nibble 7 (RFC 9562 section 5.7).
do $$
begin
  if current_setting('server_version_num')::int >= 180000 then
    execute 'create function new_id() returns uuid language sql volatile parallel safe as ''select uuidv7()''';
  else
    execute $fn$
      create function new_id() returns uuid language sql volatile parallel safe as $body$
        select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
          placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
      $body$
    $fn$;
  end if;
end $$;

create table workspaces (
  id uuid primary key default new_id(),
  name text not null,
  -- The workspace's defaults: from, retry, tracking, timezone, limits.
  settings jsonb not null default '{}',
  created_at timestamptz not null default now()
);

create table users (
  id uuid primary key default new_id(),
  email text not null,
  email_key text not null unique,
  name text,
  password_hash text not null,
  created_at timestamptz not null default now()
);

create table memberships (
  workspace_id uuid not null references workspaces on delete cascade,
  user_id uuid not null references users on delete cascade,
  role text not null check (role in ('owner', 'admin', 'editor', 'viewer')),
  created_at timestamptz not null default now(),
  primary key (workspace_id, user_id)
);
create index memberships_user on memberships (user_id);

-- Only the SHA-256 of a key is kept: keys are long and random, so a slow hash would only make every request slow.
create table api_keys (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  name text not null,
  key_hash bytea not null unique,
  -- The first characters, so that people can tell keys apart.
  hint text not null,
  role text not null check (role in ('owner', 'admin', 'editor', 'viewer')),
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_keys_workspace on api_keys (workspace_id, id);

create table sessions (
  token_hash bytea primary key,
  user_id uuid not null references users on delete cascade,
  workspace_id uuid not null references workspaces on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index sessions_user on sessions (user_id);

-- One-time links that log a person in: what the first start prints.
create table login_links (
  token_hash bytea primary key,
  user_id uuid not null references users on delete cascade,
  expires_at timestamptz not null
);

-- The first answer to a POST with an Idempotency-Key, given again for 24 hours.
create table idempotency_keys (
  workspace_id uuid not null references workspaces on delete cascade,
  key text not null,
  -- SHA-256 over method, path and body: the same key with another request is a mistake of the caller.
  request_hash bytea not null,
  -- The id of what the request makes. It outlives a crash, so that a request that is taken over makes nothing twice.
  resource_id uuid not null,
  -- Null while the first request is still being answered.
  status int,
  -- Sealed like credentials: an answer may hold a new API key.
  response bytea,
  -- When somebody last began to answer it; an old one without an answer was lost in a crash, and another may begin.
  claimed_at timestamptz not null default now(),
  attempt int not null default 1,
  created_at timestamptz not null default now(),
  primary key (workspace_id, key)
);
create index idempotency_keys_created on idempotency_keys (created_at);
