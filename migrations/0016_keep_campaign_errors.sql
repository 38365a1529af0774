-- The first failures of a campaign that has ended, as its job tells them: the ledger has no index by state, and must not.
alter table campaigns add column errors jsonb;
