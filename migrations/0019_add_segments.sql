-- Segments: who of the contacts, said as a filter (src/contract/segments.ts).
create table segments (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  name text not null,
  -- As it was written; attributes are looked up again whenever it is used.
  filter jsonb not null,
  -- The last count that looked at every contact, and its moment. Null when the filter was changed since.
  counted bigint,
  counted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, name)
);
create index segments_workspace on segments (workspace_id, id);

-- The segments of an audience as they stood at launch: {"zone", "include": [{id, name, filter}], "exclude": […]}. Null: none.
alter table campaigns add column audience_filters jsonb;

-- Every sixteenth contact, by a hash of its id: what counts of large workspaces are estimated from. A random sample of any
-- workspace, whatever order its contacts were written in, and always the same one, so that it stays in memory. Reading part
-- of it by the hash gives a sample of any size. The workspace as text on purpose: no other index can answer for it, so none
-- is ever chosen instead, whatever the statistics say. It holds id and workspace_id so that counting it needs no table.
create index contacts_sample on contacts ((workspace_id::text), uuid_hash(id)) include (id, workspace_id)
  where uuid_hash(id) < -1879048192;

-- Whose event it is, as the ledger has the address: segments ask what somebody did, not what happened to a row.
alter table email_events add column email_key text;
update email_events v set email_key = e.email_key from email_sends e where e.send_id = v.send_id and e.seq = v.seq;
create index email_events_address on email_events (workspace_id, email_key, type, occurred_at);

-- Whoever writes an event, by whatever statement, writes whose it is; not of those that nobody asks for by person.
create function note_event_address() returns trigger language plpgsql as $$
begin
  select e.email_key into new.email_key from email_sends e where e.send_id = new.send_id and e.seq = new.seq;
  return new;
end $$;
create trigger email_events_address before insert on email_events
  for each row when (new.email_key is null and new.type <> 'rerouted') execute function note_event_address();
