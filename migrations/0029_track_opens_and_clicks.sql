-- What readers do with a message: open it, follow its links, read it in a browser.

-- {source, medium, campaign, content, term, domains}: what is appended to links; null: nothing.
alter table campaigns add column utm jsonb;

-- Where the links of a send lead. A message holds the number of a link and a MAC, never the address: nobody can make one that
-- leads elsewhere.
create table campaign_links (
  send_id uuid not null references campaign_sends on delete cascade,
  -- In the order in which they stand in the message.
  link_no smallint not null,
  -- As readers are led there; of a personal link the Liquid it is made of, rendered again when it is followed.
  url text not null,
  personal boolean not null,
  primary key (send_id, link_no)
);
-- A link may be longer than what fits into an index.
create unique index campaign_links_url on campaign_links (send_id, md5(url));

-- Who does not want to be followed, whatever list or request they are sent to from.
create table tracking_refusals (
  workspace_id uuid not null references workspaces on delete cascade,
  email_key text not null,
  refused_at timestamptz not null default now(),
  primary key (workspace_id, email_key)
);

alter table consent_records drop constraint consent_records_action_check;
alter table consent_records add constraint consent_records_action_check check (action in
  ('requested', 'subscribed', 'confirmed', 'unsubscribed', 'paused', 'resumed', 'imported', 'tracking-refused', 'tracking-allowed'));

alter table email_events
  -- A scanner or a prefetching mail program did it, not the reader (domain/machine-rules.ts).
  add column machine boolean not null default false,
  -- Of a click: which link.
  add column link_no smallint;
-- As before, and by whom: counted from the index alone.
drop index email_events_kinds;
create index email_events_kinds on email_events (send_id, type, machine, seq);
