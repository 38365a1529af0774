-- Single emails (POST /api/emails): each is a small campaign of its own in the same ledger, written out when it is accepted, so
-- that every promise holds for it as for any other. What lists, counts or ranks campaigns leaves them out by these marks.

alter table campaigns
  add column kind text not null default 'campaign' check (kind in ('campaign', 'email')),
  -- Of an email: {"tags":[],"metadata":{}}, as they came.
  add column labels jsonb;
alter table campaign_sends add column is_email boolean not null default false;
alter table campaign_send_batches
  -- The workspace, of the one batch of an email; null for batches of campaigns. Emails are claimed by it, across sends.
  add column email_workspace_id uuid,
  -- Of an email: when its counts were taken last. Webhooks go by it.
  add column counted_at timestamptz;
alter table webhooks add column email_cursor timestamptz not null default now();

drop index campaigns_workspace;
create index campaigns_workspace on campaigns (workspace_id, id) where kind = 'campaign';
create index campaigns_emails on campaigns (workspace_id, id) where kind = 'email';
drop index campaigns_under_way;
create index campaigns_under_way on campaigns (state, priority desc, launched_at)
  where kind = 'campaign' and state in ('delayed', 'waiting', 'active');
-- Emails that are not over: looked through once in a while for those whose end was missed.
create index campaigns_open_emails on campaigns (id) where kind = 'email' and state = 'active';

-- A person's campaigns are found by walking over the sends of the workspace; emails would make that way endless.
drop index campaign_sends_workspace;
create index campaign_sends_workspace on campaign_sends (workspace_id, id) where not is_email;

-- The next email of a workspace: when it came to be due, whatever state it waits in. -infinity: at once.
create index campaign_send_batches_emails on campaign_send_batches
  (email_workspace_id, (case state when 'leased' then lease_until else coalesce(wake_at, '-infinity') end), send_id)
  where email_workspace_id is not null and state <> 'done';
-- What did not go as it should, for people who look for it.
create index campaign_send_batches_email_trouble on campaign_send_batches (email_workspace_id, send_id)
  where email_workspace_id is not null and (deferred > 0 or failed > 0 or excluded > 0 or unknown > 0 or cancelled > 0);

create index campaign_send_batches_email_counted on campaign_send_batches (email_workspace_id, counted_at)
  where counted_at is not null;

-- Which emails an address got: the ledger has no index by address and must not have one (0004).
create table email_recipients (
  workspace_id uuid not null,
  email_key text not null,
  send_id uuid not null references campaign_sends on delete cascade,
  seq int not null,
  primary key (workspace_id, email_key, send_id)
);
create index email_recipients_send on email_recipients (send_id);

-- What an Idempotency-Key was used for need not wait for the disk by itself: a crash of the database may lose the last moments
-- of it, but never a key before what was made under it, because that was committed later (docs/adr/0026-emails-in-the-ledger.md).
create function commit_without_waiting() returns trigger language plpgsql as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  return null;
end $$;
create trigger idempotency_keys_commit before insert or update on idempotency_keys
  for each statement execute function commit_without_waiting();
