import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { List } from '../../../../../src/contract/lists.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { Button } from '../../../components/button.tsx';
import type { Column } from '../../../components/data-table.tsx';
import { Drawing } from '../../../components/drawings.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Icon } from '../../../components/icon.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { PageOfRows } from '../../../components/page-of-rows.tsx';
import { SearchField } from '../../../components/search-field.tsx';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { countText } from '../../../lib/numbers.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { listPath } from '../api/get-list.ts';
import { useListPages } from '../api/list-lists.ts';
import { strings } from '../strings.ts';
import { AddListDialog } from './add-list-dialog.tsx';

/** Every list, with how many are in it. */
export function ListsPage() {
  const [params, setParams] = useSearchParams();
  const search = params.get('q') ?? '';
  const pages = useListPages(search);
  const { remove, isHidden } = useUndoableDelete();
  const isEditor = useCan('editor');
  const [isAdding, setAdding] = useState(params.has('new'));
  usePageTitle(strings.title);
  const lists = pages.data?.pages.flatMap(({ items }) => items).filter(({ id }) => !isHidden(listPath(id)));
  const onDelete = ({ id, name }: List) =>
    remove({ path: listPath(id), text: strings.deleted({ name }), queryKey: ['lists'] });
  const add = isEditor ? (
    <Button kind="primary" onClick={() => setAdding(true)}>
      <Icon name="plus" />
      {strings.add}
    </Button>
  ) : null;
  const isNew = lists?.length === 0 && search === '';
  return (
    <div className={page.page}>
      <PageHead title={strings.title} lead={strings.lead}>
        {add}
      </PageHead>
      {isNew ? null : (
        <div className={page.tools}>
          <span />
          <SearchField
            label={strings.search}
            value={search}
            onSearch={(text) => setParams(text === '' ? {} : { q: text }, { replace: true })}
          />
        </div>
      )}
      <PageOfRows
        label={strings.table}
        columns={columnsOf(isEditor ? onDelete : null)}
        rows={lists}
        keyOf={({ id }) => id}
        error={pages.error}
        onRetry={() => void pages.refetch()}
        empty={
          isNew ? (
            <EmptyState drawing={<Drawing name="list" />} title={strings.empty.title}>
              {strings.empty.text}
            </EmptyState>
          ) : null
        }
        noneFound={strings.noneFound}
        hasMore={pages.hasNextPage}
        isReading={pages.isFetchingNextPage}
        onMore={() => void pages.fetchNextPage()}
      />
      <AddListDialog opened={isAdding} onClose={() => setAdding(false)} />
    </div>
  );
}

function columnsOf(onDelete: ((list: List) => void) | null): Array<Column<List>> {
  const words = strings.columns;
  const count = (status: keyof List['contacts'], wide: boolean): Column<List> => ({
    id: status,
    header: words[status],
    width: 116,
    align: 'end',
    ...(wide ? { wide } : {}),
    cell: ({ id, contacts }) => <Link to={`/contacts?list=${id}&status=${status}`}>{countText(contacts[status])}</Link>,
  });
  return [
    { id: 'name', header: words.name, cell: ({ id, name }) => <Link to={`/lists/${id}`}>{name}</Link> },
    count('subscribed', false),
    count('unconfirmed', true),
    count('unsubscribed', true),
    {
      id: 'optIn',
      header: words.optIn,
      width: 132,
      wide: true,
      cell: ({ optIn }) => <span className="muted">{strings.optIn[optIn as keyof typeof strings.optIn]}</span>,
    },
    {
      id: 'visibility',
      header: words.visibility,
      width: 96,
      wide: true,
      cell: ({ visibility }) => (
        <span className="muted">{strings.visibility[visibility as keyof typeof strings.visibility]}</span>
      ),
    },
    ...(onDelete
      ? [
          {
            id: 'actions',
            header: null,
            width: 68,
            cell: (list: List) => (
              <ActionMenu
                actions={[{ label: strings.delete, icon: 'trash', danger: true, onClick: () => onDelete(list) }]}
              />
            ),
          },
        ]
      : []),
  ];
}
