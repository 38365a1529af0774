-- Finding contacts among ten million. Everything a search begins with has an index whose order begins with the workspace, so
-- that whoever reads a stretch of one never reads another workspace's, nor more than asked for (src/db/contact-search.ts).
-- Names are cut: a file may hold longer ones than an index takes.
-- Measured in docs/adr/0016: what each adds to an import.

-- Serves equality and ON CONFLICT as before, and prefixes whatever the database's collation. With the id, so that ten thousand
-- who begin alike are listed without fetching each from the table, which took ten seconds from a cold disk. (PostgreSQL reads
-- no index alone that is on an expression, so the names have none.)
alter table contacts drop constraint contacts_workspace_id_email_key_key;
create unique index contacts_address on contacts (workspace_id, email_key text_pattern_ops) include (id);
create index contacts_domain on contacts (workspace_id, split_part(email_key, '@', -1) text_pattern_ops);
-- "Ada Lovelace" is found by "ada" and by "ada love" here, by "love" in the next one.
create index contacts_whole_name on contacts (
  workspace_id, lower(left(coalesce(first_name || ' ' || last_name, first_name, name), 100)) text_pattern_ops)
  where coalesce(first_name || ' ' || last_name, first_name, name) is not null;
create index contacts_last_name on contacts (workspace_id, lower(left(last_name, 100)) text_pattern_ops)
  where last_name is not null;
-- Who has a whole name besides a first one: the few that the first of the two does not find by it.
create index contacts_other_name on contacts (workspace_id, lower(left(name, 100)) text_pattern_ops)
  where name is not null and first_name is not null;
-- Such lists are right only where the table was vacuumed: sooner than after a fifth of ten million.
alter table contacts set (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05);
-- Exact values of attributes, and tags.
create index contacts_terms on contacts using gin (attributes jsonb_path_ops, tags);
-- Who left a list is found without walking over those who stay.
create index list_subscriptions_left on list_subscriptions (list_id, contact_id) where status <> 'subscribed';

-- What was sent to somebody is looked up send by send, the newest first: the ledger has no index by contact, and must not.
create index campaign_sends_workspace on campaign_sends (workspace_id, id);

-- One thing done to many contacts, chunk by chunk, each in one transaction with its cursor.
create table contact_operations (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  action text not null,
  -- Which contacts: {"ids": […]} or {"filter": {…}} as the list of contacts takes it.
  selection jsonb not null,
  -- What is done to them besides its name: tags, a list, an attribute.
  change jsonb not null default '{}',
  state text not null default 'waiting' check (state in ('waiting', 'active', 'completed', 'failed')),
  requested_by uuid,
  -- The last contact of the last chunk. Newest first, so that nothing added meanwhile is met.
  cursor uuid,
  -- How many there were when it began; null until they have been counted.
  total int,
  processed int not null default 0,
  changed int not null default 0,
  error text,
  -- Somebody works on it until then, by this database's clock.
  lease_until timestamptz,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
create index contact_operations_open on contact_operations (id) where state in ('waiting', 'active');
create index contact_operations_workspace on contact_operations (workspace_id, id);

alter table progress_tracking
  drop constraint progress_tracking_kind_check,
  add constraint progress_tracking_kind_check check (kind in ('campaign', 'import', 'contacts'));

-- Contacts that may be one person, as the last look at all contacts of a workspace found them.
create table contact_duplicates (
  workspace_id uuid not null references workspaces on delete cascade,
  -- Of the operation that found them: an older look's are removed when a newer one has ended.
  operation_id uuid not null,
  group_no int not null,
  reason text not null check (reason in ('mailbox', 'person')),
  contact_ids uuid[] not null,
  primary key (workspace_id, operation_id, group_no)
);

-- That somebody was erased, and how far it has come. What it is about is forgotten with its end; the hash stays.
create table contact_erasures (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  -- sha256:<hex of email_key>
  address_hash text not null,
  -- Null once it has ended.
  email_key text,
  contact_id uuid,
  state text not null default 'active' check (state in ('active', 'completed')),
  -- What it waits for, in words.
  waiting_for text,
  requested_by uuid,
  -- How much was taken from where: {"emailSends": 3, …}
  erased jsonb not null default '{}',
  -- Somebody is at it until then, by this database's clock.
  lease_until timestamptz,
  created_at timestamptz not null default now(),
  finished_at timestamptz
);
create index contact_erasures_open on contact_erasures (id) where state = 'active';
create index contact_erasures_workspace on contact_erasures (workspace_id, id);
