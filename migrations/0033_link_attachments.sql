-- A file of each recipient's own, fetched when his copy is made: the address holds Liquid, never its host.
alter table campaign_attachments
  add column url text,
  -- What becomes of a recipient whose file is not there.
  add column if_missing text check (if_missing in ('fail', 'leave-out')),
  alter column content drop not null,
  -- Of a linked file, null is what its server says.
  alter column content_type drop not null,
  add constraint campaign_attachments_source check ((content is null) <> (url is null)),
  add constraint campaign_attachments_kept check (url is not null or content_type is not null);
