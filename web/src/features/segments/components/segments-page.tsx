import { Link, useNavigate, useSearchParams } from 'react-router';
import type { Segment } from '../../../../../src/contract/segments.ts';
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
import { useUndoableDelete } from '../../../components/use-undoable-delete.ts';
import { useCan } from '../../../lib/access.ts';
import { countText } from '../../../lib/numbers.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { segmentPath } from '../api/get-segment.ts';
import { useSegments } from '../api/list-segments.ts';
import { type Declared, draftOf } from '../draft.ts';
import { draftWords, type Names } from '../filter-words.ts';
import { strings } from '../strings.ts';
import { useDeclared, useNames } from '../use-names.ts';

const NOTHING: Declared = new Map();

/** Every segment, and in words whom it finds. */
export function SegmentsPage() {
  const [params, setParams] = useSearchParams();
  const search = params.get('q') ?? '';
  const pages = useSegments(search);
  const { remove, isHidden } = useUndoableDelete();
  const isEditor = useCan('editor');
  const navigate = useNavigate();
  const names = useNames();
  const declared = useDeclared() ?? NOTHING;
  usePageTitle(strings.title);
  const segments = pages.data?.pages.flatMap(({ items }) => items).filter(({ id }) => !isHidden(segmentPath(id)));
  const onDelete = ({ id, name }: Segment) =>
    remove({ path: segmentPath(id), text: strings.deleted({ name }), queryKey: ['segments'] });
  const isNew = segments?.length === 0 && search === '';
  return (
    <div className={page.page}>
      <PageHead title={strings.title} lead={strings.lead}>
        {isEditor ? (
          <Button kind="primary" onClick={() => void navigate('/segments/new')}>
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
        columns={columnsOf(declared, names, isEditor ? onDelete : null)}
        rows={segments}
        keyOf={({ id }) => id}
        error={pages.error}
        onRetry={() => void pages.refetch()}
        empty={
          isNew ? (
            <EmptyState drawing={<Drawing name="funnel" />} title={strings.empty.title}>
              {strings.empty.text}
            </EmptyState>
          ) : null
        }
        noneFound={strings.noneFound}
        hasMore={pages.hasNextPage}
        isReading={pages.isFetchingNextPage}
        onMore={() => void pages.fetchNextPage()}
      />
    </div>
  );
}

function columnsOf(
  declared: Declared,
  names: Names,
  onDelete: ((segment: Segment) => void) | null,
): Array<Column<Segment>> {
  const words = strings.columns;
  return [
    {
      id: 'name',
      header: words.name,
      width: '26%',
      cell: ({ id, name }) => <Link to={`/segments/${id}`}>{name}</Link>,
    },
    {
      id: 'means',
      header: words.means,
      wide: true,
      cell: ({ filter }) => {
        const means = draftWords(draftOf(filter), declared, names);
        return (
          <span className="muted" title={means}>
            {means}
          </span>
        );
      },
    },
    {
      id: 'count',
      header: words.count,
      width: 112,
      align: 'end',
      cell: ({ counted }) => (counted === null ? null : countText(counted.count)),
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
            cell: (segment: Segment) => (
              <ActionMenu
                actions={[{ label: strings.delete, icon: 'trash', danger: true, onClick: () => onDelete(segment) }]}
              />
            ),
          },
        ]
      : []),
  ];
}
