-- Getting in: sessions one can look at and end, second factors, invitations, scopes of keys, identities elsewhere, and who did what.

alter table workspaces
  -- When its owner had given it a name and themselves a password; null on a first start that nobody has finished.
  add column set_up_at timestamptz;
-- Whoever runs this already has got further than the first link, unless nobody but its made-up owner is there.
update workspaces w set set_up_at = w.created_at
where exists (select from memberships m join users u on u.id = m.user_id
  where m.workspace_id = w.id and u.email_key <> 'owner@localhost');

-- Null: they have never set one, and come in by an identity elsewhere.
alter table users alter column password_hash drop not null;

alter table sessions
  -- What people see and name: neither the token nor its hash.
  add column id uuid not null default new_id() unique,
  -- Written at most once a minute.
  add column last_seen_at timestamptz not null default now(),
  add column address text,
  add column user_agent text,
  -- When the person last proved who they are: at the login, or when they were asked again.
  add column confirmed_at timestamptz not null default now();

-- Secrets that count once and for a short time: links that set a password, logins half done, challenges.
create table one_time_tokens (
  token_hash bytea primary key,
  purpose text not null check (purpose in ('password-reset', 'second-factor', 'passkey-login', 'passkey-enrolment', 'oidc')),
  -- Null where nobody is known yet.
  user_id uuid references users on delete cascade,
  data jsonb not null default '{}',
  -- Wrong answers so far.
  attempts int not null default 0,
  expires_at timestamptz not null
);
create index one_time_tokens_user on one_time_tokens (user_id);

-- Time-based codes (RFC 6238). The secret is sealed; `key_id` tells with which APP_SECRET.
create table totp_secrets (
  user_id uuid primary key references users on delete cascade,
  secret bytea not null,
  key_id text not null,
  -- Null until a code proved that the person has it; before that it counts for nothing.
  confirmed_at timestamptz,
  -- The 30 seconds whose code was taken last: it, and every one before, is refused from then on.
  last_step bigint,
  created_at timestamptz not null default now()
);

-- 80 random bits each, so a fast hash is enough. A used one is deleted.
create table recovery_codes (
  user_id uuid not null references users on delete cascade,
  code_hash bytea not null,
  primary key (user_id, code_hash)
);

create table passkeys (
  id uuid primary key default new_id(),
  user_id uuid not null references users on delete cascade,
  name text not null,
  -- Base64url, as browsers name it.
  credential_id text not null unique,
  -- COSE.
  public_key bytea not null,
  -- Of signatures; one that does not grow tells of a copied authenticator. Many send 0 for ever.
  counter bigint not null,
  transports text[] not null default '{}',
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);
create index passkeys_user on passkeys (user_id, id);

-- Who somebody is elsewhere (OpenID Connect). Once it is known it counts, whatever the address there becomes.
create table user_identities (
  issuer text not null,
  subject text not null,
  user_id uuid not null references users on delete cascade,
  created_at timestamptz not null default now(),
  primary key (issuer, subject)
);
create index user_identities_user on user_identities (user_id);

create table invitations (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  email text not null,
  email_key text not null,
  role text not null check (role in ('owner', 'admin', 'editor', 'viewer')),
  token_hash bytea not null unique,
  invited_by uuid references users on delete set null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  -- One that is sent again takes the place of the one before.
  unique (workspace_id, email_key)
);

alter table api_keys
  -- Null: everything that the role allows.
  add column scopes text[],
  add column expires_at timestamptz,
  add column created_by uuid references users on delete set null;

-- Who did what. Names stand as they were then. Grows only at its end; rows are kept for `auditDays` of the workspace.
create table audit_log (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces,
  at timestamptz not null default now(),
  actor_kind text not null check (actor_kind in ('user', 'key', 'system')),
  -- No reference: what somebody did stays known when they are gone.
  actor_id uuid,
  actor_name text,
  -- `noun.verb`: src/domain/audit-action.ts
  action text not null,
  object_kind text,
  object_id text,
  object_name text,
  -- Names of the fields that were changed, a reason; never a secret.
  detail jsonb not null default '{}',
  address text,
  request_id uuid
);
create index audit_log_workspace on audit_log (workspace_id, id);

-- Nobody rewrites what happened, by a mistake in the program either: only names are taken out (of a person who is
-- erased), and only old rows go. `auditDays` is at least 30.
create function keep_audit_log() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.at > now() - interval '29 days' then raise exception 'audit_log: rows of the last 29 days are not deleted'; end if;
    return old;
  end if;
  if (new.id, new.workspace_id, new.at, new.actor_kind, new.action) is distinct from (old.id, old.workspace_id, old.at, old.actor_kind, old.action)
    or new.actor_id is distinct from old.actor_id or new.object_id is distinct from old.object_id then
    raise exception 'audit_log: rows are not changed';
  end if;
  return new;
end $$;
create trigger audit_log_is_kept before update or delete on audit_log for each row execute function keep_audit_log();
