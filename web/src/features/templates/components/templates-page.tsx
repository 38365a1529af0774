import { Link, useNavigate, useSearchParams } from 'react-router';
import type { TemplateSummary } from '../../../../../src/contract/templates.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Drawing } from '../../../components/drawings.tsx';
import { freshDesign } from '../../../components/editor/blocks.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Moment } from '../../../components/moment.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { SearchField } from '../../../components/search-field.tsx';
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useCreateTemplate, useTemplateList } from '../api/templates.ts';
import { strings } from '../strings.ts';

export function TemplatesPage() {
  const [params, setParams] = useSearchParams();
  const search = params.get('q') ?? '';
  const canWrite = useCan('editor');
  const create = useCreateTemplate();
  const navigate = useNavigate();
  usePageTitle(strings.title);
  const make = () =>
    create.mutate(
      { name: strings.newName, subject: strings.newName, design: freshDesign() },
      { onSuccess: ({ id }) => void navigate(`/templates/${id}`) },
    );
  const button = canWrite ? (
    <Button kind="primary" busy={create.isPending} onClick={make}>
      <Icon name="plus" />
      {strings.make}
    </Button>
  ) : null;
  return (
    <div className={page.page}>
      <PageHead title={strings.title} lead={strings.lead}>
        {button}
      </PageHead>
      {create.error ? <ProblemNote error={create.error} /> : null}
      <div className={page.tools}>
        <span />
        <SearchField
          label={strings.search}
          value={search}
          onSearch={(text) => setParams(text === '' ? {} : { q: text }, { replace: true })}
        />
      </div>
      <Card flush>
        <Found search={search} />
      </Card>
    </div>
  );
}

function Found({ search }: { search: string }) {
  const list = useTemplateList(search);
  const canWrite = useCan('editor');
  const { remove, isHidden } = useUndoableDelete();
  if (list.isError) return <ProblemNote error={list.error} onRetry={() => void list.refetch()} />;
  const pathOf = ({ id }: TemplateSummary) => `/api/templates/${id}`;
  const rows = list.data?.pages.flatMap((each) => each.items).filter((template) => !isHidden(pathOf(template)));
  if (rows?.length === 0) {
    return search === '' ? (
      <EmptyState drawing={<Drawing name="page" />} title={strings.none.title}>
        {strings.none.text}
      </EmptyState>
    ) : (
      <EmptyState title={strings.noneFound}>{null}</EmptyState>
    );
  }
  const columns: ReadonlyArray<Column<TemplateSummary>> = [
    {
      id: 'name',
      header: strings.columns.name,
      cell: ({ id, name }) => <Link to={`/templates/${id}`}>{name}</Link>,
    },
    {
      id: 'subject',
      header: strings.columns.subject,
      wide: true,
      cell: ({ subject }) => <span className="muted">{subject}</span>,
    },
    {
      id: 'version',
      header: strings.columns.version,
      width: 96,
      align: 'end',
      wide: true,
      cell: ({ version }) => version,
    },
    { id: 'changed', header: strings.columns.changed, width: 128, cell: ({ updatedAt }) => <Moment iso={updatedAt} /> },
    {
      id: 'more',
      header: '',
      width: 64,
      align: 'end',
      cell: (template) =>
        canWrite ? (
          <ActionMenu
            actions={[
              {
                label: strings.remove,
                icon: 'trash',
                onClick: () =>
                  remove({
                    path: pathOf(template),
                    text: strings.removed({ name: template.name }),
                    queryKey: ['templates'],
                  }),
              },
            ]}
          />
        ) : null,
    },
  ];
  return (
    <>
      <DataTable label={strings.title} columns={columns} rows={rows} keyOf={({ id }) => id} />
      {list.hasNextPage ? (
        <Button kind="quiet" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {strings.more}
        </Button>
      ) : null}
    </>
  );
}
