import { Link, useNavigate, useSearchParams } from 'react-router';
import type { Form } from '../../../../../src/contract/forms.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { Button } from '../../../components/button.tsx';
import type { Column } from '../../../components/data-table.tsx';
import { Drawing } from '../../../components/drawings.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Moment } from '../../../components/moment.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { PageOfRows } from '../../../components/page-of-rows.tsx';
import { SearchField } from '../../../components/search-field.tsx';
import { useLists } from '../../../components/use-lists.ts';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { formPath } from '../api/get-form.ts';
import { useForms } from '../api/list-forms.ts';
import { strings } from '../strings.ts';

/** Every form, and the lists it leads to. */
export function FormsPage() {
  const [params, setParams] = useSearchParams();
  const search = params.get('q') ?? '';
  const pages = useForms(search);
  const lists = useLists();
  const { remove, isHidden } = useUndoableDelete();
  const isEditor = useCan('editor');
  const navigate = useNavigate();
  usePageTitle(strings.title);
  const forms = pages.data?.pages.flatMap(({ items }) => items).filter(({ id }) => !isHidden(formPath(id)));
  const onDelete = ({ id, name }: Form) =>
    remove({ path: formPath(id), text: strings.deleted({ name }), queryKey: ['forms'] });
  const isNew = forms?.length === 0 && search === '';
  return (
    <div className={page.page}>
      <PageHead title={strings.title} lead={strings.lead}>
        {isEditor && lists?.length !== 0 ? (
          <Button kind="primary" onClick={() => void navigate('/forms/new')}>
            <Icon name="plus" />
            {strings.add}
          </Button>
        ) : null}
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
        columns={columnsOf(new Map((lists ?? []).map(({ id, name }) => [id, name])), isEditor ? onDelete : null)}
        rows={forms}
        keyOf={({ id }) => id}
        error={pages.error}
        onRetry={() => void pages.refetch()}
        empty={isNew ? <Empty hasLists={lists?.length !== 0} isEditor={isEditor} /> : null}
        noneFound={strings.noneFound}
        hasMore={pages.hasNextPage}
        isReading={pages.isFetchingNextPage}
        onMore={() => void pages.fetchNextPage()}
      />
    </div>
  );
}

function Empty({ hasLists, isEditor }: { hasLists: boolean; isEditor: boolean }) {
  const navigate = useNavigate();
  const words = strings.empty;
  return (
    <EmptyState
      drawing={<Drawing name="form" />}
      title={words.title}
      action={
        isEditor && !hasLists ? <Button onClick={() => void navigate('/lists?new')}>{words.toLists}</Button> : null
      }
    >
      {hasLists ? words.text : words.noLists}
    </EmptyState>
  );
}

function columnsOf(names: ReadonlyMap<string, string>, onDelete: ((form: Form) => void) | null): Array<Column<Form>> {
  const words = strings.columns;
  return [
    { id: 'name', header: words.name, cell: ({ id, name }) => <Link to={`/forms/${id}`}>{name}</Link> },
    {
      id: 'lists',
      header: words.lists,
      wide: true,
      cell: ({ listIds }) => (
        <span className="muted">{listIds.map((id) => names.get(id) ?? strings.goneList).join(', ')}</span>
      ),
    },
    {
      id: 'page',
      header: words.page,
      width: 132,
      cell: ({ url }) => (
        <a href={url} target="_blank" rel="noreferrer">
          {strings.open}
        </a>
      ),
    },
    {
      id: 'changed',
      header: words.changed,
      width: 116,
      wide: true,
      cell: ({ updatedAt }) => (
        <span className="muted">
          <Moment iso={updatedAt} />
        </span>
      ),
    },
    ...(onDelete
      ? [
          {
            id: 'actions',
            header: null,
            width: 68,
            cell: (form: Form) => (
              <ActionMenu
                actions={[{ label: strings.delete, icon: 'trash', danger: true, onClick: () => onDelete(form) }]}
              />
            ),
          },
        ]
      : []),
  ];
}
