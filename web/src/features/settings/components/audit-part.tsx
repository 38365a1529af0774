import { TextInput } from '@mantine/core';
import { useSearchParams } from 'react-router';
import type { AuditEntry } from '../../../../../src/contract/audit-log.ts';
import { Button, ButtonLink } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Moment } from '../../../components/moment.tsx';
import page from '../../../components/page.module.css';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { pathOf } from '../../../lib/api.ts';
import { useRows } from '../../../lib/use-rows.ts';
import { strings } from '../strings.ts';
import styles from './settings.module.css';

const PATH = '/api/audit-log';
const SHORT_ID = 8;

/** Who did what, newest first. The filters stand in the address. */
export function AuditPart() {
  const words = strings.audit;
  const [params, setParams] = useSearchParams();
  const typed = (name: string) => params.get(name) ?? '';
  const since = typed('since');
  const query = {
    who: typed('who'),
    what: typed('what'),
    since: /^\d{4}-\d{2}-\d{2}$/.test(since) ? new Date(`${since}T00:00:00`).toISOString() : '',
  };
  const filter = (name: string) => ({
    value: typed(name),
    onChange: (event: { currentTarget: { value: string } }) => {
      const next = new URLSearchParams(params);
      if (event.currentTarget.value === '') next.delete(name);
      else next.set(name, event.currentTarget.value);
      setParams(next, { replace: true });
    },
  });
  return (
    <div className={page.page}>
      <p className="muted">{words.lead}</p>
      <div className={styles.filters}>
        <TextInput label={words.filterWho} {...filter('who')} />
        <TextInput label={words.filterWhat} {...filter('what')} />
        <TextInput type="date" label={words.since} {...filter('since')} />
        <ButtonLink href={pathOf(PATH, { ...query, format: 'csv' })} download>
          {words.csv}
        </ButtonLink>
      </div>
      <Found query={query} />
    </div>
  );
}

function Found({ query }: { query: Readonly<Record<string, string>> }) {
  const words = strings.audit;
  const found = useRows<AuditEntry>({ queryKey: ['audit-log', query], path: PATH, query, limit: 100 });
  if (found.error) return <ProblemNote error={found.error} onRetry={found.retry} />;
  return (
    <Card flush>
      {found.isEmpty ? (
        <EmptyState title={words.emptyTitle}>{words.empty}</EmptyState>
      ) : (
        <DataTable
          label={words.table}
          columns={columnsOf()}
          rows={found.isPending ? undefined : found.rows}
          keyOf={({ id }) => id}
        />
      )}
      {found.isAll ? null : (
        <div className={styles.more}>
          <Button onClick={() => found.onShow(0, found.rows.length)}>{words.more}</Button>
        </div>
      )}
    </Card>
  );
}

function columnsOf(): Array<Column<AuditEntry>> {
  const words = strings.audit;
  return [
    { id: 'when', header: words.when, width: 96, cell: ({ at }) => <Moment iso={at} /> },
    { id: 'who', header: words.who, cell: whoOf },
    { id: 'what', header: words.what, width: '40%', cell: ({ action }) => <span className="mono">{action}</span> },
    { id: 'object', header: words.object, wide: true, cell: objectOf },
    {
      id: 'address',
      header: words.address,
      width: 140,
      wide: true,
      cell: ({ address }) => <span className="mono">{address}</span>,
    },
  ];
}

function whoOf({ actor: { kind, name } }: AuditEntry) {
  if (kind === 'system') return strings.audit.system;
  return kind === 'key' ? strings.audit.key({ name: name ?? '' }) : (name ?? '');
}

/** Its name, else the end of its id; behind it what was changed. */
function objectOf({ object: { name, id }, detail }: AuditEntry) {
  const { fields, role, way, action } = detail;
  const more = Array.isArray(fields) ? fields.join(', ') : [role, way, action].find((each) => typeof each === 'string');
  const short = id === null ? '' : `…${id.slice(-SHORT_ID)}`;
  return (
    <>
      {name ?? (
        <span className="mono" title={id ?? ''}>
          {short}
        </span>
      )}{' '}
      {more ? <span className="muted">{String(more)}</span> : null}
    </>
  );
}
