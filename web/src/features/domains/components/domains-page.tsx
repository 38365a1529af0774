import { Link, useSearchParams } from 'react-router';
import type { Domain } from '../../../../../src/contract/domains.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Drawing } from '../../../components/drawings.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Moment } from '../../../components/moment.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { SearchablePage } from '../../../components/searchable-page.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useDomains } from '../api/list-domains.ts';
import { lookOfDomain, signsWith } from '../look.ts';
import { strings } from '../strings.ts';
import { AddDomainDialog } from './add-domain-dialog.tsx';

/** The domains that mail is sent from, and how each stands. */
export function DomainsPage() {
  usePageTitle(strings.title);
  const [params, setParams] = useSearchParams();
  const canChange = useCan('admin');
  return (
    <SearchablePage
      title={strings.title}
      lead={strings.lead}
      add={canChange ? strings.add : null}
      search={strings.search}
      found={(search) => <Found search={search} canChange={canChange} />}
    >
      {canChange ? (
        <AddDomainDialog opened={params.has('new')} onClose={() => setParams({}, { replace: true })} />
      ) : null}
    </SearchablePage>
  );
}

function Found({ search, canChange }: { search: string; canChange: boolean }) {
  const domains = useDomains();
  const { remove, isHidden } = useUndoableDelete();
  if (domains.isError) return <ProblemNote error={domains.error} onRetry={() => void domains.refetch()} />;
  const all = domains.data?.items.filter(({ id }) => !isHidden(`/api/domains/${id}`));
  const rows = all?.filter(({ domain }) => domain.includes(search.trim().toLocaleLowerCase()));
  if (all?.length === 0) {
    return (
      <EmptyState drawing={<Drawing name="globe" />} title={strings.empty.title}>
        {strings.empty.words}
      </EmptyState>
    );
  }
  if (rows?.length === 0) return <EmptyState title={strings.noneFound}>{null}</EmptyState>;
  const onDelete = ({ id, domain }: Domain) =>
    remove({ path: `/api/domains/${id}`, text: strings.deleted({ name: domain }), queryKey: ['domains'] });
  return (
    <DataTable
      label={strings.title}
      columns={columnsOf(canChange ? onDelete : null)}
      rows={rows}
      keyOf={({ id }) => id}
    />
  );
}

function columnsOf(onDelete: ((domain: Domain) => void) | null): Array<Column<Domain>> {
  const words = strings.columns;
  return [
    { id: 'domain', header: words.domain, cell: ({ id, domain }) => <Link to={`/domains/${id}`}>{domain}</Link> },
    { id: 'state', header: words.state, width: '40%', cell: (domain) => <StatusMark {...lookOfDomain(domain)} /> },
    { id: 'keys', header: words.keys, width: 180, wide: true, cell: (domain) => signsWith(domain) },
    {
      id: 'checked',
      header: words.checked,
      width: 160,
      wide: true,
      cell: ({ checkedAt }) => (
        <span className="muted">{checkedAt === null ? strings.never : <Moment iso={checkedAt} />}</span>
      ),
    },
    ...(onDelete
      ? [
          {
            id: 'more',
            header: '',
            width: 68,
            cell: (domain: Domain) => (
              <ActionMenu
                label={strings.actionsFor({ name: domain.domain })}
                actions={[{ label: strings.delete, icon: 'trash', danger: true, onClick: () => onDelete(domain) }]}
              />
            ),
          },
        ]
      : []),
  ];
}
