-- Sending accounts over a provider's API instead of SMTP: `host`, `port` and `secure` are not theirs.
alter table sending_accounts
  -- Amazon SES: eu-west-1; Mailgun: us or eu.
  add column region text,
  -- Mailgun: the sending domain as it is known there.
  add column domain text,
  -- Postmark: the message stream; null is its usual one for broadcasts.
  add column stream text,
  -- A base address instead of the provider's own: a proxy, or a test. https, or http on this machine.
  add column endpoint text;
