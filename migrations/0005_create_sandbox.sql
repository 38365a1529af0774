-- The built-in mailbox: what its SMTP server took, newest kept up to a bound. One row a recipient, so that copies can be counted.
create table sandbox_messages (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  received_at timestamptz not null default now(),
  -- Empty for the null sender of bounces.
  envelope_from text not null,
  envelope_to text not null,
  -- As the headers have them, decoded and cut; null when missing.
  message_id text,
  subject text,
  from_text text,
  to_text text,
  -- Octets of raw.
  size int not null,
  raw bytea not null
);
-- Lists are read newest first, and trimming adds up sizes in the same order without touching a row.
create index sandbox_messages_workspace on sandbox_messages (workspace_id, id) include (size);
-- Kept as it came, and in the row itself as long as a page holds it: 20,000 messages of 4 KB a second instead of 10,000,
-- where compressing them made it 8,500. The disk of a bounded store is not worth that time.
alter table sandbox_messages alter column raw set storage external;
alter table sandbox_messages set (toast_tuple_target = 8160);
