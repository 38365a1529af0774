import { Link, useSearchParams } from 'react-router';
import type { SeriesSummary } from '../../../../../src/contract/series.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Drawing } from '../../../components/drawings.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Icon } from '../../../components/icon.tsx';
import { LinkButton } from '../../../components/link-button.tsx';
import { Moment } from '../../../components/moment.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { SearchField } from '../../../components/search-field.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useMoveSeries, useRunSeries } from '../api/change-series.ts';
import { useAllSeries } from '../api/read-series.ts';
import { strings } from '../strings.ts';
import { lookOfOccurrence, lookOfSeries, scheduleWords } from '../words.ts';
import styles from './series.module.css';

/** Campaigns that come back: when next, and what became of the last time. */
export function SeriesPage() {
  usePageTitle(strings.title);
  const [params, setParams] = useSearchParams();
  const canWrite = useCan('editor');
  const search = params.get('q') ?? '';
  return (
    <div className={page.page}>
      <PageHead title={strings.title} lead={strings.lead}>
        {canWrite ? (
          <LinkButton kind="primary" to="/series/new">
            <Icon name="plus" />
            {strings.add}
          </LinkButton>
        ) : null}
      </PageHead>
      <div className={page.tools}>
        <span />
        <SearchField
          label={strings.search}
          value={search}
          onSearch={(text) => setParams(text === '' ? {} : { q: text }, { replace: true })}
        />
      </div>
      <Found search={search} canWrite={canWrite} />
    </div>
  );
}

function Found({ search, canWrite }: { search: string; canWrite: boolean }) {
  const series = useAllSeries();
  const { remove, isHidden } = useUndoableDelete();
  const run = useRunSeries();
  const move = useMoveSeries();
  if (series.isError) return <ProblemNote error={series.error} onRetry={() => void series.refetch()} />;
  const all = series.data?.items.filter(({ id }) => !isHidden(`/api/series/${id}`));
  const wanted = search.trim().toLocaleLowerCase();
  const rows = all?.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
  const actionsOf = ({ id, name, state }: SeriesSummary) => [
    {
      label: strings.run,
      icon: 'send',
      onClick: () => run.mutate(id, { onSuccess: () => toasts.say(strings.ran) }),
    } as const,
    state === 'paused'
      ? ({
          label: strings.resume,
          icon: 'play',
          onClick: () => move.mutate({ id, move: 'resume' }, { onSuccess: () => toasts.say(strings.resumed) }),
        } as const)
      : ({
          label: strings.pause,
          icon: 'pause',
          onClick: () => move.mutate({ id, move: 'pause' }, { onSuccess: () => toasts.say(strings.paused) }),
        } as const),
    {
      label: strings.delete,
      icon: 'trash',
      danger: true,
      onClick: () => remove({ path: `/api/series/${id}`, text: strings.deleted({ name }), queryKey: ['series'] }),
    } as const,
  ];
  const more: Column<SeriesSummary> = {
    id: 'more',
    header: '',
    width: 68,
    cell: (each) => <ActionMenu label={strings.actionsFor({ name: each.name })} actions={actionsOf(each)} />,
  };
  const error = run.error ?? move.error;
  return (
    <>
      {error ? <ProblemNote error={error} /> : null}
      <Card flush>
        {all?.length === 0 ? (
          <EmptyState drawing={<Drawing name="page" />} title={strings.empty.title}>
            {strings.empty.words}
          </EmptyState>
        ) : rows?.length === 0 ? (
          <EmptyState title={strings.noneFound}>{null}</EmptyState>
        ) : (
          <DataTable
            label={strings.title}
            columns={canWrite ? [...columns(), more] : columns()}
            rows={rows}
            keyOf={({ id }) => id}
          />
        )}
      </Card>
    </>
  );
}

function columns(): Array<Column<SeriesSummary>> {
  const words = strings.columns;
  return [
    { id: 'name', header: words.name, cell: ({ id, name }) => <Link to={`/series/${id}`}>{name}</Link> },
    { id: 'state', header: words.state, width: 120, cell: (series) => <StatusMark {...lookOfSeries(series)} /> },
    {
      id: 'when',
      header: words.when,
      wide: true,
      cell: ({ schedule }) => <span className={`muted ${styles.cut}`}>{scheduleWords(schedule)}</span>,
    },
    {
      id: 'next',
      header: words.next,
      width: 110,
      wide: true,
      cell: ({ nextAt }) => (nextAt ? <Moment iso={nextAt} /> : <span className="muted">{strings.noNext}</span>),
    },
    {
      id: 'last',
      header: words.last,
      width: 220,
      wide: true,
      cell: ({ last }) =>
        last ? (
          <span className={styles.last}>
            <StatusMark {...lookOfOccurrence(last)} />
            <span className="muted">
              <Moment iso={last.occursAt} />
            </span>
          </span>
        ) : (
          <span className="muted">{strings.never}</span>
        ),
    },
  ];
}
