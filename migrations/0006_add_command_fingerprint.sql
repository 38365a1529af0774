-- `postrider send` run again with the same files and options goes on with the campaign it began.
alter table campaigns add column command_fingerprint text;
create index campaigns_command on campaigns (workspace_id, command_fingerprint) where command_fingerprint is not null;
