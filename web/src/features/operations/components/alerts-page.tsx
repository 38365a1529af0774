import { useState } from 'react';
import { useSearchParams } from 'react-router';
import type { Alert } from '../../../../../src/contract/alerts.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Drawing } from '../../../components/drawings.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { FilterTabs } from '../../../components/filter-tabs.tsx';
import { Moment } from '../../../components/moment.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { SearchField } from '../../../components/search-field.tsx';
import { StatusMark, type Tone } from '../../../components/status-mark.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { ApiError } from '../../../lib/api.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { kindWord, measuredText } from '../alert-words.ts';
import { useAcknowledgeAlert } from '../api/acknowledge-alert.ts';
import { useAlertCounts } from '../api/count-alerts.ts';
import { type AlertTab, useAlerts } from '../api/list-alerts.ts';
import { strings } from '../strings.ts';
import { AlertPanel } from './alert-panel.tsx';
import { AlertSettingsDialog } from './alert-settings-dialog.tsx';
import styles from './operations.module.css';

const TABS: readonly AlertTab[] = ['open', 'acknowledged', 'cleared', 'all'];
const TONES: Readonly<Record<string, Tone>> = { open: 'bad', acknowledged: 'warning', cleared: 'good' };

/** What was the matter, what is, and who looks after it. */
export function AlertsPage() {
  const words = strings.alerts;
  usePageTitle(words.title);
  const [params, setParams] = useSearchParams();
  const [isEditing, setEditing] = useState(false);
  const tab = TABS.find((each) => each === params.get('show')) ?? 'open';
  const search = params.get('q') ?? '';
  const counts = useAlertCounts(TABS);
  const canSet = useCan('admin');
  return (
    <div className={page.page}>
      <PageHead title={words.title} lead={words.lead}>
        {canSet ? <Button onClick={() => setEditing(true)}>{words.settings}</Button> : null}
      </PageHead>
      <div className={page.tools}>
        <FilterTabs
          label={words.title}
          current={tab}
          tabs={TABS.map((id, i) => ({ id, label: words.tabs[id], count: counts[i], to: `?${paramsOf(id, search)}` }))}
        />
        <SearchField
          label={words.search}
          value={search}
          onSearch={(text) => setParams(paramsOf(tab, text), { replace: true })}
        />
      </div>
      <Card flush>
        <Found tab={tab} search={search} />
      </Card>
      {isEditing ? <AlertSettingsDialog onClose={() => setEditing(false)} /> : null}
    </div>
  );
}

function paramsOf(tab: AlertTab, search: string): URLSearchParams {
  return new URLSearchParams({ ...(tab === 'open' ? {} : { show: tab }), ...(search === '' ? {} : { q: search }) });
}

function Found({ tab, search }: { tab: AlertTab; search: string }) {
  const alerts = useAlerts(tab, search);
  const [params, setParams] = useSearchParams();
  const canAct = useCan('editor');
  const { isHidden } = useUndoableDelete();
  const words = strings.alerts;
  const open = (id: string | null) => {
    const next = paramsOf(tab, search);
    if (id !== null) next.set('id', id);
    setParams(next);
  };
  if (alerts.isError) return <ProblemNote error={alerts.error} onRetry={() => void alerts.refetch()} />;
  const rows = alerts.data?.pages.flatMap(({ items }) => items).filter(({ id }) => !isHidden(`/api/alerts/${id}`));
  return (
    <>
      {rows?.length === 0 ? (
        <EmptyState drawing={<Drawing name="bell" />} title={words.none.title}>
          {words.none.words}
        </EmptyState>
      ) : (
        <DataTable
          label={words.title}
          columns={columnsOf(open, canAct)}
          rows={rows}
          keyOf={({ id }) => id}
          isFaded={({ state }) => state === 'cleared'}
        />
      )}
      {alerts.hasNextPage ? (
        <div className={styles.paging}>
          <Button busy={alerts.isFetchingNextPage} onClick={() => void alerts.fetchNextPage()}>
            {words.more}
          </Button>
        </div>
      ) : null}
      <AlertPanel id={params.get('id')} onClose={() => open(null)} />
    </>
  );
}

function columnsOf(onOpen: (id: string) => void, canAct: boolean): Array<Column<Alert>> {
  const words = strings.alerts;
  return [
    {
      id: 'what',
      header: words.columns.what,
      cell: ({ id, kind, message }) => (
        <span className={styles.two}>
          <button type="button" className={styles.rowButton} onClick={() => onOpen(id)}>
            {kindWord(kind)}
          </button>
          <span className="muted" title={message}>
            {message}
          </span>
        </span>
      ),
    },
    {
      id: 'state',
      header: words.columns.state,
      width: 132,
      wide: true,
      cell: ({ state }) => (
        <StatusMark tone={TONES[state] ?? 'quiet'} word={words.states[state as keyof typeof words.states]} />
      ),
    },
    { id: 'value', header: words.columns.value, width: 180, wide: true, cell: measuredText },
    {
      id: 'raised',
      header: words.columns.raised,
      width: 112,
      wide: true,
      cell: ({ raisedAt }) => <Moment iso={raisedAt} />,
    },
    {
      id: 'cleared',
      header: words.columns.cleared,
      width: 112,
      wide: true,
      cell: ({ clearedAt }) => (clearedAt === null ? '' : <Moment iso={clearedAt} />),
    },
    ...(canAct
      ? [
          {
            id: 'act',
            header: '',
            width: 148,
            align: 'end' as const,
            cell: (alert: Alert) => <AlertAction alert={alert} />,
          },
        ]
      : []),
  ];
}

/** Open ones are acknowledged, cleared ones deleted; in between there is nothing to do. */
function AlertAction({ alert }: { alert: Alert }) {
  const acknowledge = useAcknowledgeAlert();
  const { remove } = useUndoableDelete();
  const words = strings.alerts;
  const { id, state } = alert;
  if (state === 'open') {
    const onSuccess = () => toasts.say(words.acknowledged);
    const onError = (error: Error) => toasts.say(error instanceof ApiError ? error.message : String(error));
    return (
      <Button busy={acknowledge.isPending} onClick={() => acknowledge.mutate(id, { onSuccess, onError })}>
        {words.acknowledge}
      </Button>
    );
  }
  if (state !== 'cleared') return null;
  return (
    <Button
      kind="quiet"
      onClick={() => remove({ path: `/api/alerts/${id}`, text: words.deleted, queryKey: ['alerts'] })}
    >
      {words.delete}
    </Button>
  );
}
