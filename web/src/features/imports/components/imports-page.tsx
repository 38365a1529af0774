import { Link, useSearchParams } from 'react-router';
import type { ImportStatus } from '../../../../../src/contract/imports.ts';
import type { Column } from '../../../components/data-table.tsx';
import { Drawing } from '../../../components/drawings.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Moment } from '../../../components/moment.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { PageOfRows } from '../../../components/page-of-rows.tsx';
import { SearchField } from '../../../components/search-field.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { useCan } from '../../../lib/access.ts';
import { countText } from '../../../lib/numbers.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useImports } from '../api/list-imports.ts';
import { isSuperseded, lookOf } from '../import-state.ts';
import { strings } from '../strings.ts';
import { UploadBox } from './upload-box.tsx';

/** A place for a file, and what became of the ones before. */
export function ImportsPage() {
  const [params, setParams] = useSearchParams();
  const search = params.get('q') ?? '';
  const pages = useImports(search);
  const isEditor = useCan('editor');
  usePageTitle(strings.title);
  const imports = pages.data?.pages.flatMap(({ items }) => items).filter((each) => !isSuperseded(each));
  const isNew = imports?.length === 0 && search === '' && !pages.hasNextPage;
  return (
    <div className={page.page}>
      <PageHead title={strings.title} lead={strings.lead} />
      {isEditor ? <UploadBox /> : null}
      <div className={page.tools}>
        <h2>{strings.history}</h2>
        {isNew ? (
          <span />
        ) : (
          <SearchField
            label={strings.search}
            value={search}
            onSearch={(text) => setParams(text === '' ? {} : { q: text }, { replace: true })}
          />
        )}
      </div>
      <PageOfRows
        label={strings.history}
        columns={columnsOf()}
        rows={imports}
        keyOf={({ importId }) => importId}
        error={pages.error}
        onRetry={() => void pages.refetch()}
        empty={
          isNew ? (
            <EmptyState drawing={<Drawing name="tray" />} title={strings.empty.title}>
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

function columnsOf(): Array<Column<ImportStatus>> {
  const words = strings.columns;
  return [
    {
      id: 'file',
      header: words.file,
      cell: ({ importId, filename }) => <Link to={`/imports/${importId}`}>{filename ?? strings.byApi}</Link>,
    },
    {
      id: 'state',
      header: words.state,
      width: 132,
      cell: (each) => <StatusMark {...lookOf(each)} />,
    },
    {
      id: 'what',
      header: words.what,
      width: 116,
      wide: true,
      cell: ({ target }) => (
        <span className="muted">{strings.targets[target as keyof typeof strings.targets] ?? target}</span>
      ),
    },
    {
      id: 'rows',
      header: words.rows,
      width: 96,
      align: 'end',
      wide: true,
      cell: ({ total }) => countText(total),
    },
    {
      id: 'result',
      header: words.result,
      width: '32%',
      wide: true,
      cell: ({ counts: { inserted, updated, invalid }, dryRun }) => {
        const counts = { inserted, updated, invalid };
        return <span className="muted">{dryRun ? strings.wouldWords(counts) : strings.resultWords(counts)}</span>;
      },
    },
    {
      id: 'when',
      header: words.when,
      width: 116,
      wide: true,
      cell: ({ createdAt }) => (
        <span className="muted">
          <Moment iso={createdAt} />
        </span>
      ),
    },
  ];
}
