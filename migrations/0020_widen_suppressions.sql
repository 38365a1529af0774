-- Suppressions of whole domains and of hashed addresses, and such that end; lists that ask first; who agreed to what.

alter table suppressions
  -- What email_key holds: an address · '@example.com', which binds its subdomains too · 'sha256:<hex>' or 'md5:<hex>' of an
  -- address's email_key, so that somebody can be left alone without their address being kept.
  add column kind text not null default 'address' check (kind in ('address', 'domain', 'hash')),
  -- When it no longer binds. Null: it does for good.
  add column expires_at timestamptz,
  drop constraint suppressions_reason_check,
  add constraint suppressions_reason_check check (reason in
    ('unsubscribed', 'paused', 'hard-bounce', 'complaint', 'manual', 'imported', 'role', 'erased')),
  add constraint suppressions_key check (case kind
    when 'domain' then email_key like '@%'
    when 'hash' then email_key ~ '^(sha256:[0-9a-f]{64}|md5:[0-9a-f]{32})$'
    else true end);
create index suppressions_expiry on suppressions (expires_at) where expires_at is not null;
-- Search by the beginning, in any collation.
create index suppressions_prefix on suppressions (workspace_id, email_key text_pattern_ops);

-- Which other keys than its own an address has to be looked up by. The gate asks once a statement, so that a workspace
-- without domains and hashes pays nothing for them. Rows are never deleted: one would be missed by a gate while another
-- transaction adds its first domain.
create table suppression_scopes (
  workspace_id uuid not null references workspaces on delete cascade,
  scope text not null check (scope in ('domain', 'sha256', 'md5')),
  primary key (workspace_id, scope)
);

-- Whoever adds a suppression, by whatever statement, is seen by the gate.
create function note_suppression_scope() returns trigger language plpgsql as $$
declare
  needed text := case when new.kind = 'domain' then 'domain' else split_part(new.email_key, ':', 1) end;
begin
  if not exists (select 1 from suppression_scopes where workspace_id = new.workspace_id and scope = needed) then
    insert into suppression_scopes (workspace_id, scope) values (new.workspace_id, needed) on conflict do nothing;
  end if;
  return null;
end $$;
create trigger suppressions_scope after insert or update of kind, email_key on suppressions
  for each row when (new.kind <> 'address') execute function note_suppression_scope();

-- '@mail.example.com', '@example.com', '@com' of 'ada@mail.example.com': what a suppressed domain is looked up by.
create function domain_keys(address text) returns text[] language plpgsql immutable strict parallel safe as $$
declare
  rest text := split_part(address, '@', -1);
  keys text[] := array['@' || rest];
  dot int := position('.' in rest);
begin
  while dot > 0 loop
    rest := substr(rest, dot + 1);
    keys := keys || ('@' || rest);
    dot := position('.' in rest);
  end loop;
  return keys;
end $$;

-- What else than by itself an address is looked up by, where there are such.
create function suppression_keys(address text, scopes text[]) returns text[] language plpgsql immutable strict parallel safe as $$
declare
  keys text[] := '{}';
begin
  if 'domain' = any(scopes) then keys := domain_keys(address); end if;
  if 'sha256' = any(scopes) then keys := keys || ('sha256:' || encode(sha256(convert_to(address, 'UTF8')), 'hex')); end if;
  if 'md5' = any(scopes) then keys := keys || ('md5:' || md5(address)); end if;
  return keys;
end $$;

alter table lists
  add column description text,
  -- public: a topic of the preference centre.
  add column visibility text not null default 'private' check (visibility in ('public', 'private')),
  -- double: who is added is unconfirmed, and not sent to, until they confirm by the mail they get.
  add column opt_in text not null default 'single' check (opt_in in ('single', 'double')),
  -- Own words of that mail {subject, html, text}; null: the built-in ones.
  add column confirmation jsonb;

alter table list_subscriptions
  drop constraint list_subscriptions_status_check,
  add constraint list_subscriptions_status_check check (status in ('subscribed', 'unconfirmed', 'unsubscribed'));

-- What imports fill. A list of addresses never to be sent to goes by the same chunks as contacts.
alter table lead_imports
  add column target text not null default 'contacts' check (target in ('contacts', 'suppressions'));

-- Pages on which people subscribe themselves.
create table forms (
  id uuid primary key default new_id(),
  -- In the page's address: 128 random bits.
  public_id text not null unique,
  workspace_id uuid not null references workspaces on delete cascade,
  name text not null,
  list_ids uuid[] not null,
  -- Fields asked, texts, where to go afterwards (src/contract/forms.ts).
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index forms_workspace on forms (workspace_id, id);

-- A request to confirm, from the moment it was made until it is confirmed or too old: also the outbox of its mail.
create table confirmations (
  -- In the link, signed: random, so that it tells nothing of when or how many.
  id uuid primary key default gen_random_uuid(),
  workspace_id uuid not null references workspaces on delete cascade,
  contact_id uuid not null,
  list_ids uuid[] not null,
  -- What the person filled in besides the address. It becomes the contact's when they confirm: anybody can fill in a form.
  fields jsonb not null default '{}',
  method text not null,
  source text,
  -- The mail: null when it was sent, or is not to be.
  due_at timestamptz,
  attempts int not null default 0,
  sent_at timestamptz,
  error text,
  confirmed_at timestamptz,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index confirmations_contact on confirmations (contact_id);
create index confirmations_due on confirmations (due_at) where due_at is not null;

-- Words that people were shown when they agreed, each once.
create table consent_texts (
  workspace_id uuid not null references workspaces on delete cascade,
  hash text not null,
  body text not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, hash)
);

-- Who agreed to what, or took it back: added to, never changed, except that an erasure takes what tells of the person.
create table consent_records (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  -- Null once the contact was erased.
  contact_id uuid,
  -- SHA-256 of email_key, in hex: still says to whoever asks with their address what they agreed to.
  email_hash text not null,
  -- Null: everything. The list may be gone by now, so its name is kept.
  list_id uuid,
  list_name text,
  action text not null check (action in
    ('requested', 'subscribed', 'confirmed', 'unsubscribed', 'paused', 'resumed', 'imported')),
  method text not null check (method in ('form', 'page', 'one-click', 'mail', 'api', 'import')),
  -- Form, import, campaign or API key.
  source text,
  -- What was said besides: a reason for leaving, until when a pause lasts, whose claim an import rests on.
  detail text,
  text_hash text,
  -- Without its last part: a network, not a connection.
  ip text,
  user_agent text,
  occurred_at timestamptz not null default now()
);
create index consent_records_person on consent_records (workspace_id, email_hash, id);
