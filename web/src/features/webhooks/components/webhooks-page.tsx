import { Link, useSearchParams } from 'react-router';
import type { Webhook } from '../../../../../src/contract/webhooks.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { SearchablePage } from '../../../components/searchable-page.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { countText } from '../../../lib/numbers.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useWebhooks } from '../api/list-webhooks.ts';
import { lookOfWebhook } from '../look.ts';
import { strings } from '../strings.ts';
import { AddWebhookDialog } from './add-webhook-dialog.tsx';

/** Addresses that are told what happens here. */
export function WebhooksPage() {
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
      {canChange && params.has('new') ? <AddWebhookDialog onClose={() => setParams({}, { replace: true })} /> : null}
    </SearchablePage>
  );
}

function Found({ search, canChange }: { search: string; canChange: boolean }) {
  const webhooks = useWebhooks();
  const { remove, isHidden } = useUndoableDelete();
  if (webhooks.isError) return <ProblemNote error={webhooks.error} onRetry={() => void webhooks.refetch()} />;
  const all = webhooks.data?.items.filter(({ id }) => !isHidden(`/api/webhooks/${id}`));
  const wanted = search.trim().toLocaleLowerCase();
  const rows = all?.filter(({ name, url }) => `${name} ${url}`.toLocaleLowerCase().includes(wanted));
  if (all?.length === 0) return <EmptyState title={strings.empty.title}>{strings.empty.words}</EmptyState>;
  if (rows?.length === 0) return <EmptyState title={strings.noneFound}>{null}</EmptyState>;
  const onDelete = ({ id, name }: Webhook) =>
    remove({ path: `/api/webhooks/${id}`, text: strings.deleted({ name }), queryKey: ['webhooks'] });
  return (
    <DataTable
      label={strings.title}
      columns={columnsOf(canChange ? onDelete : null)}
      rows={rows}
      keyOf={({ id }) => id}
    />
  );
}

function columnsOf(onDelete: ((webhook: Webhook) => void) | null): Array<Column<Webhook>> {
  const words = strings.columns;
  return [
    { id: 'name', header: words.name, cell: ({ id, name }) => <Link to={`/webhooks/${id}`}>{name}</Link> },
    { id: 'state', header: words.state, width: 140, cell: (webhook) => <StatusMark {...lookOfWebhook(webhook)} /> },
    {
      id: 'types',
      header: words.types,
      width: 170,
      wide: true,
      cell: ({ types }) => <span className="muted">{strings.typeCount({ count: types.length })}</span>,
    },
    {
      id: 'pending',
      header: words.pending,
      width: 90,
      wide: true,
      align: 'end',
      cell: ({ pending }) => countText(pending),
    },
    ...(onDelete
      ? [
          {
            id: 'more',
            header: '',
            width: 68,
            cell: (webhook: Webhook) => (
              <ActionMenu
                label={strings.actionsFor({ name: webhook.name })}
                actions={[{ label: strings.delete, icon: 'trash', danger: true, onClick: () => onDelete(webhook) }]}
              />
            ),
          },
        ]
      : []),
  ];
}
