import { memo } from 'react';
import type { CampaignReport } from '../../../../../src/contract/campaign-report.ts';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { countText } from '../../../lib/numbers.ts';
import { strings } from '../strings.ts';
import styles from './engagement.module.css';

type Engaged = CampaignReport['engagement'];
type FollowedLink = Engaged['links'][number];

/** Who opened it and followed its links, and how much of that programs did. Nothing where nothing was followed. */
export const Engagement = memo(function Engagement({ engagement }: { engagement: Engaged }) {
  const words = strings.engagement;
  const { opens, clicks, links } = engagement;
  if (opens.events + clicks.events + links.length === 0) return null;
  return (
    <Card title={words.title}>
      <dl className={styles.figures}>
        <Figure name={words.opened} counts={opens} />
        <Figure name={words.clicked} counts={clicks} />
      </dl>
      {links.length === 0 ? null : (
        <DataTable label={words.links} columns={linkColumns()} rows={links} keyOf={(link) => String(link.position)} />
      )}
      <p className="muted">{words.hint}</p>
    </Card>
  );
});

function Figure({ name, counts }: { name: string; counts: Engaged['opens'] }) {
  const words = strings.engagement;
  return (
    <div>
      <dt className="muted">{name}</dt>
      <dd>
        <b className="numbers">{countText(counts.people)}</b>{' '}
        <span className="muted">
          {words.all({ all: countText(counts.all) })} ·{' '}
          {words.programs({ programs: countText(counts.machineEvents), events: countText(counts.events) })}
        </span>
      </dd>
    </div>
  );
}

function linkColumns(): ReadonlyArray<Column<FollowedLink>> {
  const words = strings.engagement;
  return [
    { id: 'position', header: words.position, width: 56, align: 'end', cell: ({ position }) => countText(position) },
    {
      id: 'url',
      header: words.link,
      cell: ({ url }) => (
        <span className={styles.url} title={url}>
          {url}
        </span>
      ),
    },
    { id: 'people', header: words.people, width: 96, align: 'end', cell: ({ people }) => countText(people) },
    {
      id: 'clicks',
      header: words.clicks,
      width: 96,
      align: 'end',
      wide: true,
      cell: ({ clicks }) => countText(clicks),
    },
    {
      id: 'machine',
      header: words.byPrograms,
      width: 120,
      align: 'end',
      wide: true,
      cell: ({ machineClicks }) => countText(machineClicks),
    },
  ];
}
