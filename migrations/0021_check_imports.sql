alter table lead_imports
  -- Where and how the people of the file agreed, as its importer says; kept with each new subscription. Null: nothing is said.
  add column consent text,
  -- Counts what would become of every row, and writes no contact. Its upload stays for a day, to be imported from.
  add column dry_run boolean not null default false,
  -- What to do about addresses that can be one but may not be wanted (src/contract/imports.ts).
  add column checks jsonb not null default '{}',
  -- What was noticed about them: {"role": {"rows": 2, "examples": [{"row", "value", "hint"}]}, …}
  add column findings jsonb not null default '{}';
