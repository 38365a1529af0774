import { useNavigate, useParams } from 'react-router';
import type { SeriesDetail } from '../../../../../src/contract/series.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { Facts } from '../../../components/facts.tsx';
import { LinkButton } from '../../../components/link-button.tsx';
import { Moment } from '../../../components/moment.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useMoveSeries, useRunSeries } from '../api/change-series.ts';
import { useSeries } from '../api/read-series.ts';
import { strings } from '../strings.ts';
import { lookOfSeries, scheduleWords } from '../words.ts';
import { NextTimes } from './next-times.tsx';
import { OccurrenceTable } from './occurrence-table.tsx';
import styles from './series.module.css';

/** One series: when it comes, and what became of each time. */
export function OneSeriesPage() {
  const { id = '' } = useParams();
  const series = useSeries(id);
  usePageTitle(series.data?.name ?? strings.title);
  if (series.isError) return <ProblemNote error={series.error} onRetry={() => void series.refetch()} />;
  if (series.isPending) {
    return (
      <div role="status" aria-label={strings.loading}>
        <Skeleton width={240} height={28} />
      </div>
    );
  }
  const { campaign, feedUrl, next, schedule, stateReason } = series.data;
  const words = strings.page;
  return (
    <div className={page.page}>
      <Head series={series.data} />
      {stateReason === null ? null : <p>{stateReason}</p>}
      <div className={page.columns}>
        <Card title={words.about}>
          <Facts
            facts={[
              { label: words.comes, value: scheduleWords(schedule) },
              { label: words.subject, value: campaign.subject ?? words.fromTemplate },
              { label: words.feed, value: feedUrl ?? words.noFeed },
            ]}
          />
        </Card>
        <Card title={strings.editor.nextTimes}>
          {next.length === 0 ? <p className="muted">{words.noneNext}</p> : <NextTimes times={next} />}
        </Card>
      </div>
      <OccurrenceTable seriesId={id} />
    </div>
  );
}

function Head({ series }: { series: SeriesDetail }) {
  const { id, name, state, nextAt } = series;
  const canWrite = useCan('editor');
  const navigate = useNavigate();
  const run = useRunSeries();
  const move = useMoveSeries();
  const { remove } = useUndoableDelete();
  const lead = (
    <span className={styles.lead}>
      <StatusMark {...lookOfSeries(series)} />
      {nextAt === null ? null : (
        <span className="muted">
          {strings.page.next}: <Moment iso={nextAt} />
        </span>
      )}
    </span>
  );
  if (!canWrite) return <PageHead title={name} lead={lead} />;
  const isPaused = state === 'paused';
  const onMove = () =>
    move.mutate(
      { id, move: isPaused ? 'resume' : 'pause' },
      { onSuccess: () => toasts.say(isPaused ? strings.resumed : strings.paused) },
    );
  const onDelete = () => {
    remove({ path: `/api/series/${id}`, text: strings.deleted({ name }), queryKey: ['series'] });
    void navigate('/series');
  };
  return (
    <>
      <PageHead title={name} lead={lead}>
        <Button busy={run.isPending} onClick={() => run.mutate(id, { onSuccess: () => toasts.say(strings.ran) })}>
          {strings.run}
        </Button>
        <Button busy={move.isPending} onClick={onMove}>
          {isPaused ? strings.resume : strings.pause}
        </Button>
        <LinkButton kind="primary" to={`/series/${id}/edit`}>
          {strings.edit}
        </LinkButton>
        <ActionMenu
          label={strings.actionsFor({ name })}
          actions={[{ label: strings.delete, icon: 'trash', danger: true, onClick: onDelete }]}
        />
      </PageHead>
      {run.error || move.error ? <ProblemNote error={run.error ?? move.error} /> : null}
    </>
  );
}
