import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { SUPPRESSION_REASONS, type Suppression } from '../../../../../src/contract/suppressions.ts';
import { Button, ButtonLink } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import type { Column } from '../../../components/data-table.tsx';
import { Drawing } from '../../../components/drawings.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { FilterPill } from '../../../components/filter-pill.tsx';
import { Icon } from '../../../components/icon.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { PlainMoment } from '../../../components/plain-moment.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { SearchField } from '../../../components/search-field.tsx';
import { VirtualTable } from '../../../components/virtual-table.tsx';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useSuppressions } from '../api/list-suppressions.ts';
import { strings } from '../strings.ts';
import { AddDialog } from './add-dialog.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { ImportNote } from './import-note.tsx';
import { RemoveDialog } from './remove-dialog.tsx';
import styles from './suppressions-page.module.css';

const KINDS = ['address', 'domain', 'hash'] as const;

/** Everything nothing is sent to. */
export function SuppressionsPage() {
  const [params, setParams] = useSearchParams();
  const [dialog, setDialog] = useState<'add' | 'import' | null>(null);
  const [removing, setRemoving] = useState<Suppression | null>(null);
  const isEditor = useCan('editor');
  usePageTitle(strings.title);
  const read = (name: string) => params.get(name) ?? '';
  const filter = { search: read('q'), kind: read('kind'), reason: read('reason'), binds: read('binds') };
  const set = (name: string, value: string) => {
    const changed = new URLSearchParams(params);
    if (value === '') changed.delete(name);
    else changed.set(name, value);
    setParams(changed, { replace: true });
  };
  const entries = useSuppressions(filter);
  const isNew = entries.isEmpty && Object.values(filter).every((value) => value === '');
  const importId = read('import');
  const close = () => setDialog(null);
  return (
    <div className={page.page}>
      <PageHead title={strings.title} lead={strings.lead}>
        {isNew ? null : (
          <ButtonLink href="/api/suppressions/export" download>
            <Icon name="download" />
            {strings.export}
          </ButtonLink>
        )}
        {isEditor ? (
          <>
            <Button onClick={() => setDialog('import')}>
              <Icon name="import" />
              {strings.importFile}
            </Button>
            <Button kind="primary" onClick={() => setDialog('add')}>
              <Icon name="plus" />
              {strings.add}
            </Button>
          </>
        ) : null}
      </PageHead>
      {importId === '' ? null : <ImportNote importId={importId} onHide={() => set('import', '')} />}
      {isNew ? null : (
        <div className={styles.tools}>
          <SearchField label={strings.search} value={filter.search} onSearch={(text) => set('q', text)} />
          <NativeSelect
            size="xs"
            aria-label={strings.columns.kind}
            data={[
              { value: '', label: strings.anyKind },
              ...KINDS.map((value) => ({ value, label: strings.kinds[value] })),
            ]}
            value={filter.kind}
            onChange={(event) => set('kind', event.currentTarget.value)}
          />
          <NativeSelect
            size="xs"
            aria-label={strings.columns.reason}
            data={[
              { value: '', label: strings.anyReason },
              ...SUPPRESSION_REASONS.map((value) => ({ value, label: strings.reasons[value] })),
            ]}
            value={filter.reason}
            onChange={(event) => set('reason', event.currentTarget.value)}
          />
          {filter.binds === '' ? null : (
            <FilterPill label={strings.binds({ email: filter.binds })} onRemove={() => set('binds', '')} />
          )}
        </div>
      )}
      {entries.error ? (
        <ProblemNote error={entries.error} onRetry={entries.retry} />
      ) : (
        <Card flush>
          {isNew ? (
            <EmptyState drawing={<Drawing name="stop" />} title={strings.empty.title}>
              {strings.empty.text}
            </EmptyState>
          ) : entries.isEmpty ? (
            <p className={styles.none}>{strings.noneFound}</p>
          ) : (
            <VirtualTable
              label={strings.table}
              columns={columnsOf(isEditor ? setRemoving : null)}
              count={entries.isPending ? 12 : entries.count}
              rowAt={entries.rowAt}
              keyOf={({ id }) => id}
              onShow={entries.onShow}
              height="calc(100dvh - 280px)"
            />
          )}
        </Card>
      )}
      <AddDialog opened={dialog === 'add'} onClose={close} onStarted={(id) => set('import', id)} />
      <ImportDialog opened={dialog === 'import'} onClose={close} onStarted={(id) => set('import', id)} />
      <RemoveDialog entry={removing} onClose={() => setRemoving(null)} />
    </div>
  );
}

function columnsOf(onRemove: ((entry: Suppression) => void) | null): Array<Column<Suppression>> {
  const words = strings.columns;
  const muted = (text: string | null) => <span className="muted">{text}</span>;
  return [
    {
      id: 'entry',
      header: words.entry,
      width: 'minmax(120px, 1.4fr)',
      cell: ({ email }) => <span className={styles.entry}>{email}</span>,
    },
    {
      id: 'kind',
      header: words.kind,
      width: 96,
      wide: true,
      cell: ({ kind }) => muted(strings.kinds[kind as keyof typeof strings.kinds] ?? kind),
    },
    {
      id: 'reason',
      header: words.reason,
      width: 124,
      cell: ({ reason }) => strings.reasons[reason as keyof typeof strings.reasons] ?? reason,
    },
    { id: 'source', header: words.source, width: 'minmax(80px, 1fr)', wide: true, cell: ({ source }) => muted(source) },
    {
      id: 'expires',
      header: words.expires,
      width: 108,
      wide: true,
      cell: ({ expiresAt }) => (expiresAt === null ? muted(strings.forGood) : <PlainMoment iso={expiresAt} />),
    },
    {
      id: 'added',
      header: words.added,
      width: 108,
      wide: true,
      cell: ({ createdAt }) => (
        <span className="muted">
          <PlainMoment iso={createdAt} />
        </span>
      ),
    },
    ...(onRemove
      ? [
          {
            id: 'actions',
            header: null,
            width: 56,
            cell: (entry: Suppression) => (
              <Button
                kind="quiet"
                className={styles.remove}
                aria-label={strings.remove.action({ entry: entry.email })}
                onClick={() => onRemove(entry)}
              >
                <Icon name="trash" />
              </Button>
            ),
          },
        ]
      : []),
  ];
}
