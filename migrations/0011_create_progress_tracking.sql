-- What every operation (a campaign, an import) was last told to be, written by the projector of the API nodes. A picture
-- of the ledger, never its source: rows can be thrown away and are made again.
create sequence progress_version;

create table progress_tracking (
  -- Of the campaign or import.
  id uuid primary key,
  workspace_id uuid not null references workspaces on delete cascade,
  kind text not null check (kind in ('campaign', 'import')),
  name text not null default '',
  state text not null default '',
  progress double precision not null default 0,
  total int not null default 0,
  processed int not null default 0,
  succeeded int not null default 0,
  failed int not null default 0,
  rate double precision not null default 0,
  eta_seconds int,
  waiting_for text,
  counts jsonb,
  ended boolean not null default false,
  -- Grows with every change of what is above; 0 until there is something above.
  version bigint not null default 0,
  -- When a node began to look at the operation last: within the interval no other one does.
  claimed_at timestamptz not null,
  -- The claim that the row is from. Whatever was committed before it is in the row; an older one never overwrites it.
  snapshot_at timestamptz,
  updated_at timestamptz not null default now(),
  -- Taken off the list of operations by somebody; ends when the operation goes on.
  dismissed_at timestamptz
) with (fillfactor = 50);
-- Holds nothing that changes, so that updates stay on their page.
create index progress_tracking_workspace on progress_tracking (workspace_id, id);

-- Dismissals are a column of the above. Those of the last day are forgotten: older operations are on no list.
drop table progress_dismissals;
