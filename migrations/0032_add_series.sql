-- Series: campaigns that come back by a schedule, with content of their own or with what a feed has that is new.

create table series (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  name text not null,
  state text not null default 'active' check (state in ('active', 'paused')),
  -- Why it paused itself; null: somebody did it.
  state_reason text,
  -- Content, audience and settings of each campaign, as a request for a campaign says them.
  campaign jsonb not null,
  -- {every, at, weekdays?, dayOfMonth?, timezone}
  schedule jsonb not null,
  -- {url, maxItems, onlyNew, startWith, allowPrivateAddresses}; null: no feed.
  feed jsonb,
  starts_at timestamptz,
  ends_at timestamptz,
  -- An occurrence later than this is not made up for.
  catch_up_hours int not null default 12 check (catch_up_hours >= 0),
  -- Null: it is over.
  next_at timestamptz,
  -- Occurrences in a row that could not be launched.
  failures int not null default 0,
  -- Of the feed as it was when an occurrence last used it up: what its server is asked with.
  feed_etag text,
  feed_modified text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index series_workspace on series (workspace_id, id);
create index series_next on series (next_at) where state = 'active' and next_at is not null;

-- One time at which a series comes, and what became of it.
create table series_occurrences (
  -- Holds the time it is of, so that the order of ids is the order of times.
  id uuid primary key,
  series_id uuid not null references series on delete cascade,
  occurs_at timestamptz not null,
  -- Somebody asked for it.
  manual boolean not null default false,
  state text not null default 'due' check (state in ('due', 'launched', 'skipped', 'missed', 'failed')),
  reason text,
  -- The campaign it becomes, named before there is one: whoever launches it, and however often, there is one.
  campaign_id uuid not null unique,
  -- Counts those who took it up, so that each knows whether he still has it.
  attempts int not null default 0,
  -- Until then whoever took it up has it.
  next_try_at timestamptz not null default now(),
  -- When its campaign was stored: is it not there then, somebody deleted it, and no other takes its place.
  stored_at timestamptz,
  -- Of the feed: how many items it has, and how many new ones were left out because they were too many.
  items int,
  passed_over int,
  finished_at timestamptz,
  unique (series_id, occurs_at)
);
create index series_occurrences_due on series_occurrences (next_try_at) where state = 'due';
create index series_occurrences_listed on series_occurrences (series_id, id);

-- What a feed had that is not new any more. Written in the transaction that stores the campaign it is in.
create table series_items (
  series_id uuid not null references series on delete cascade,
  -- SHA-256 of what names the item: its id, else its link, else its title and date.
  item_key bytea not null,
  occurrence_id uuid not null references series_occurrences on delete cascade,
  primary key (series_id, item_key)
);
create index series_items_occurrence on series_items (occurrence_id);

alter table campaigns add column series_id uuid references series on delete set null;
create index campaigns_series on campaigns (series_id) where series_id is not null;
