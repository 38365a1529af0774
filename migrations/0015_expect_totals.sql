-- How many recipients a send will have, counted when its audience begins to be written out: what progress is a share of until
-- all of it is written (`total` is what is written so far). Null for sends that began before this column.
alter table campaign_sends add column expected_total int;
