-- What the block editor made of a message (src/contract/email-design.ts), beside the MJML that was made of it.
alter table template_versions add column design jsonb;
