-- Who is sent to when: recipients' own time zones and quiet hours. And whose turn it is: batches are found by what they
-- wait for, so that a claim costs the same whether ten batches wait or ten thousand.

-- {"from":"21:00","to":"08:00","timezone":"recipient"|IANA}, complete once the campaign is launched. With timezone
-- 'recipient', scheduled_at is the wall clock of each recipient, written as if it were UTC.
alter table campaigns add column quiet_hours jsonb;
-- A cancelled campaign: when its last recipient got a final state. Until then it is looked after.
alter table campaigns add column settled_at timestamptz;
create index campaigns_unsettled on campaigns (id) where state = 'cancelled' and settled_at is null;

-- Of a campaign that goes by its recipients' clocks: the zone of every row of the batch, and the moment before which
-- none of them is sent to, whatever else happens to the batch.
alter table campaign_send_batches add column time_zone text, add column not_before timestamptz;

create index campaign_send_batches_ready on campaign_send_batches (send_id, batch_no) where state = 'ready';
create index campaign_send_batches_waking on campaign_send_batches (send_id, wake_at) where state = 'waiting';
create index campaign_send_batches_leased on campaign_send_batches (send_id) where state = 'leased';

-- When a recipient was first put off: what the longest time of trying is counted from.
alter table email_retry_jobs add column since timestamptz not null default now();
