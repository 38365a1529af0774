-- Domains that mail is sent from, with the keys that sign it; slow beginnings of accounts.

create table sending_domains (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces on delete cascade,
  -- A-labels, small letters.
  domain text not null,
  -- When its DKIM record was seen to hold a key of this workspace: from then on the domain is theirs.
  verified_at timestamptz,
  -- What the DNS said when it was asked last: [{check, state, found, record, help}] (contract/domains.ts).
  findings jsonb not null default '[]',
  checked_at timestamptz,
  -- Nobody else checks it before this.
  next_check_at timestamptz not null default now(),
  created_at timestamptz not null default now()
);
create unique index sending_domains_name on sending_domains (workspace_id, domain);
-- Any workspace may name a domain; one of them owns it.
create unique index sending_domains_owner on sending_domains (domain) where verified_at is not null;
create index sending_domains_due on sending_domains (next_check_at);

create table dkim_keys (
  id uuid primary key default new_id(),
  domain_id uuid not null references sending_domains on delete cascade,
  selector text not null,
  algorithm text not null check (algorithm in ('rsa', 'ed25519')),
  -- PKCS #8, sealed with AES-256-GCM; `key_id` names the key, so that keys can be changed.
  private_key bytea not null,
  key_id text not null,
  -- What the record says behind p=.
  public_key text not null,
  -- waiting: its record was not seen yet; active: it signs; retired: it signed, and its record is to stay until `removable_at`.
  state text not null default 'waiting' check (state in ('waiting', 'active', 'retired')),
  activated_at timestamptz,
  removable_at timestamptz,
  created_at timestamptz not null default now()
);
create unique index dkim_keys_selector on dkim_keys (domain_id, selector);
-- One of a kind signs.
create unique index dkim_keys_active on dkim_keys (domain_id, algorithm) where state = 'active';

-- {startPerDay, growthPercent, targetPerDay, startedOn}; null: at full limits from the start.
alter table sending_accounts add column warmup jsonb;

-- What complaints and bounces led to: {level: 'slow'|'stopped', perHour?, words, at}; null: nothing is the matter.
alter table campaigns add column guard jsonb;
