-- What comes back after the hand-over: reports of mail systems and providers, as events; the mails they come in; and the
-- mailboxes they are fetched from.

alter table email_events
  -- Who told it (listener, mailbox, a provider) and their name for it: told again, it is the same event. Both null for what we
  -- noted ourselves.
  add column source text,
  add column event_id text,
  add column received_at timestamptz not null default now();
create unique index email_events_once on email_events (workspace_id, source, event_id) where event_id is not null;
-- The list of events, newest first, of all kinds and of one.
create index email_events_listed on email_events (workspace_id, id);
create index email_events_by_type on email_events (workspace_id, type, id);
-- How many recipients of a send bounced, complained, opened: counted from the index alone.
create index email_events_kinds on email_events (send_id, type, seq);

-- Rows that something was reported of while nobody knew whether they were sent (`unknown`), or before their reply came
-- (`sending`, which may yet become `unknown`). An entry stays until the row and the counts of its batch say what it proves.
create table sent_evidence (
  send_id uuid not null,
  seq int not null,
  occurred_at timestamptz not null,
  -- For the ledger: what proved it.
  words text not null,
  primary key (send_id, seq)
);

create table bounce_mailboxes (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  name text not null,
  host text not null,
  port int not null,
  secure text not null check (secure in ('tls', 'starttls', 'none')),
  username text not null,
  -- Sealed with APP_SECRET.
  password text not null,
  folder text not null default 'INBOX',
  -- What becomes of a message once it is kept here.
  after_reading text not null default 'flag' check (after_reading in ('flag', 'move', 'delete')),
  move_to text,
  enabled boolean not null default true,
  -- Where the last look ended (RFC 3501 section 2.3.1.1): UIDs only count under the validity they were seen with.
  uid_validity bigint,
  last_uid bigint not null default 0,
  checked_at timestamptz,
  next_check_at timestamptz not null default now(),
  -- Words of the last failure; null when the last look went well.
  error text,
  failures int not null default 0,
  lease_until timestamptz,
  created_at timestamptz not null default now(),
  check ((after_reading = 'move') = (move_to is not null))
);
create index bounce_mailboxes_due on bounce_mailboxes (next_check_at) where enabled;

-- Returned mail as it came, kept before the sender is told that it arrived, and for 30 days so that it can be read again.
create table returned_mails (
  id uuid primary key default new_id(),
  -- Null until it is read, for what came to the listener: the row it names says whose it is.
  workspace_id uuid references workspaces on delete cascade,
  mailbox_id uuid references bounce_mailboxes on delete cascade,
  uid_validity bigint,
  uid bigint,
  -- A fetched message still has to be flagged, moved or deleted where it lies.
  acted boolean not null default true,
  envelope_to text,
  -- The row its return path names.
  send_id uuid,
  seq int,
  raw bytea not null,
  received_at timestamptz not null default now(),
  state text not null default 'new' check (state in ('new', 'read', 'unmatched', 'ignored', 'failed')),
  attempts smallint not null default 0,
  error text,
  -- Addresses it was about, so that they can be erased.
  recipients text[] not null default '{}',
  read_at timestamptz
);
create index returned_mails_new on returned_mails (id) where state = 'new';
create index returned_mails_received on returned_mails (received_at);
create unique index returned_mails_fetched on returned_mails (mailbox_id, uid_validity, uid) where mailbox_id is not null;
create index returned_mails_to_act on returned_mails (mailbox_id, uid) where not acted;
