-- Campaigns that are tried out in several variants before the rest gets the better one.

-- {"samplePercent":20,"winner":"clicks","decideAfterMinutes":240,…}, complete once the campaign is launched; null: it has no variants.
alter table campaigns add column ab_test jsonb;

create table campaign_variants (
  campaign_id uuid not null references campaigns on delete cascade,
  -- 0 is A. Batches name their variant by it, so it never changes after the launch.
  position smallint not null,
  name text not null,
  weight int not null,
  -- Null: that of the campaign.
  from_name text,
  -- What it says itself, as it was written; the rest is the campaign's.
  content jsonb not null,
  -- Both together, as they were at the launch. Null before.
  template_version_id uuid references template_versions,
  primary key (campaign_id, position)
);
create unique index campaign_variants_name on campaign_variants (campaign_id, lower(name));
create index campaign_variants_version on campaign_variants (template_version_id);

alter table campaign_sends
  -- When no row of the sample was pending or on its way any more: what the time until the decision is counted from.
  add column sample_out_at timestamptz,
  -- What the rest gets; written once, by one conditional update.
  add column winner smallint,
  add column winner_at timestamptz,
  -- {"by":"clicks"|"opens"|"person"|"fallback","words":"…"}
  add column winner_reason jsonb;

alter table campaign_send_batches
  -- What all rows of the batch get. Null: what the campaign says; of the rest of a test: nobody knows yet.
  add column variant smallint,
  -- It belongs to the rest of a test. While its variant is null it waits, whatever happens to its rows.
  add column after_winner boolean not null default false;
