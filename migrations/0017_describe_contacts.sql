-- What is known of a person beside an address and a name.
alter table contacts
  add column tags text[] not null default '{}',
  add column notes text,
  -- IANA name; what quiet hours and "at nine where they are" go by.
  add column time_zone text,
  -- BCP 47, as "pt-BR".
  add column locale text;

-- What the values of an attribute are, so that filters compare numbers as numbers and dates as dates. Declared by people, or
-- inferred by the first import that brings the attribute; contacts may hold others than declared, which no filter matches.
create table contact_attributes (
  workspace_id uuid not null references workspaces on delete cascade,
  name text not null,
  type text not null check (type in ('string', 'number', 'date', 'boolean', 'array')),
  created_at timestamptz not null default now(),
  primary key (workspace_id, name)
);
