-- No foreign keys in contacts and list_subscriptions: looked up row by row they took two fifths of the time of an import.
-- Whoever adds rows locks the workspace, list and contacts they belong to; whoever removes one of those removes its rows.
create table contacts (
  id uuid primary key default new_id(),
  workspace_id uuid not null,
  -- As people wrote it, with the domain in ASCII: what is delivered to.
  email text not null,
  -- Lower-cased whole address: what two addresses are compared by. Plus-tags stay, they are other mailboxes.
  email_key text not null,
  first_name text,
  last_name text,
  -- Whole name where it was given as one field.
  name text,
  attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, email_key)
);
-- Pages of contacts are read in id order within a workspace, and expansion walks them that way.
create index contacts_workspace on contacts (workspace_id, id);

create table lists (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  name text not null,
  created_at timestamptz not null default now(),
  unique (workspace_id, name)
);

create table list_subscriptions (
  list_id uuid not null,
  contact_id uuid not null,
  status text not null default 'subscribed' check (status in ('subscribed', 'unsubscribed')),
  subscribed_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  -- Expansion reads a list in contact order.
  primary key (list_id, contact_id)
);
create index list_subscriptions_contact on list_subscriptions (contact_id);

-- Addresses that are never sent to, whoever asks. Looked up by the gate for every message.
create table suppressions (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  email text not null,
  email_key text not null,
  reason text not null check (reason in ('unsubscribed', 'hard-bounce', 'complaint', 'manual')),
  -- Where it came from: an import, an API call, the send and reply that caused it.
  source text,
  created_at timestamptz not null default now(),
  unique (workspace_id, email_key)
);
create index suppressions_workspace on suppressions (workspace_id, id);

create table lead_imports (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  list_id uuid references lists on delete set null,
  mode text not null check (mode in ('merge', 'overwrite', 'skip')),
  state text not null check (state in ('waiting', 'active', 'completed', 'failed', 'cancelled')),
  format text not null check (format in ('csv', 'json')),
  filename text,
  -- The spooled upload, below the data directory; removed when the import has ended.
  spool_file text,
  mapping jsonb,
  bytes_total bigint not null default 0,
  bytes_done bigint not null default 0,
  -- Null until it is known: of a CSV file, when it has been read to its end.
  rows_total bigint,
  rows_done bigint not null default 0,
  inserted bigint not null default 0,
  updated bigint not null default 0,
  skipped bigint not null default 0,
  invalid bigint not null default 0,
  duplicate bigint not null default 0,
  error text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
create index lead_imports_workspace on lead_imports (workspace_id, id);

-- One row a committed chunk: an import that is started again goes on behind the last one, never half a row.
create table lead_import_batches (
  import_id uuid not null references lead_imports on delete cascade,
  batch_no int not null,
  first_row bigint not null,
  last_row bigint not null,
  inserted int not null,
  updated int not null,
  skipped int not null,
  invalid int not null,
  duplicate int not null,
  finished_at timestamptz not null default now(),
  primary key (import_id, batch_no)
);

create table lead_import_rejects (
  import_id uuid not null references lead_imports on delete cascade,
  row_no bigint not null,
  -- Which field was refused; null when the row itself could not be read.
  field text,
  value text,
  reason text not null,
  primary key (import_id, row_no)
);

-- Finished campaigns and imports that somebody took off the list of operations. Nothing else of them changes.
create table progress_dismissals (
  workspace_id uuid not null references workspaces on delete cascade,
  operation_id uuid not null,
  dismissed_at timestamptz not null default now(),
  primary key (workspace_id, operation_id)
);
