import { Link } from 'react-router';
import type { SeriesOccurrence } from '../../../../../src/contract/series.ts';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Moment } from '../../../components/moment.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { useOccurrences } from '../api/read-series.ts';
import { strings } from '../strings.ts';
import { lookOfOccurrence } from '../words.ts';
import styles from './series.module.css';

/** Each time at which it came, newest first, and what became of it. */
export function OccurrenceTable({ seriesId }: { seriesId: string }) {
  const occurrences = useOccurrences(seriesId);
  const rows = occurrences.data?.items;
  return (
    <Card title={strings.page.times} flush>
      {occurrences.error ? (
        <ProblemNote error={occurrences.error} onRetry={() => void occurrences.refetch()} />
      ) : rows?.length === 0 ? (
        <EmptyState title={strings.page.noTimes}>{null}</EmptyState>
      ) : (
        <DataTable label={strings.page.times} columns={columns()} rows={rows} keyOf={({ id }) => id} />
      )}
    </Card>
  );
}

function columns(): Array<Column<SeriesOccurrence>> {
  const words = strings.log;
  return [
    { id: 'when', header: words.when, width: 100, cell: ({ occursAt }) => <Moment iso={occursAt} /> },
    { id: 'state', header: words.state, width: 130, cell: (each) => <StatusMark {...lookOfOccurrence(each)} /> },
    {
      id: 'detail',
      header: words.detail,
      wide: true,
      cell: (each) => <span className={`muted ${styles.cut}`}>{detailOf(each)}</span>,
    },
    {
      id: 'campaign',
      header: words.campaign,
      width: 90,
      cell: ({ campaignId }) =>
        campaignId === null ? null : (
          <Link to={`/campaigns/${campaignId}`} aria-label={strings.page.openCampaign}>
            {strings.page.open}
          </Link>
        ),
    },
  ];
}

function detailOf({ reason, items, passedOver, manual }: SeriesOccurrence): string {
  const words = strings.page;
  const parts = [
    manual ? words.byHand : null,
    reason,
    items === null ? null : words.items({ count: items }),
    passedOver ? words.passedOver({ count: passedOver }) : null,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}
