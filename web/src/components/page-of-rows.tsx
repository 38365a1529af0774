import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { type Column, DataTable } from './data-table.tsx';
import styles from './page-of-rows.module.css';
import { ProblemNote } from './problem-note.tsx';
import { strings } from './strings.ts';

interface PageOfRowsProps<Row> {
  readonly label: string;
  readonly columns: ReadonlyArray<Column<Row>>;
  /** Undefined while they are read. */
  readonly rows: readonly Row[] | undefined;
  readonly keyOf: (row: Row) => string;
  readonly error: unknown;
  readonly onRetry: () => void;
  /** What stands here where there is nothing at all; null: there is something, or somebody searches. */
  readonly empty: ReactNode;
  /** What is said when nothing fits a search. */
  readonly noneFound: string;
  readonly hasMore: boolean;
  readonly isReading: boolean;
  readonly onMore: () => void;
}

/** The table of a page that lists a few hundred things: with what it says when there is none, an error, and more. */
export function PageOfRows<Row>(props: PageOfRowsProps<Row>) {
  const { rows, error, onRetry, empty, noneFound, hasMore, isReading, onMore, ...table } = props;
  if (error) return <ProblemNote error={error} onRetry={onRetry} />;
  return (
    <Card flush>
      {empty ??
        (rows?.length === 0 ? <p className={styles.none}>{noneFound}</p> : <DataTable rows={rows} {...table} />)}
      {hasMore ? (
        <div className={styles.more}>
          <Button busy={isReading} onClick={onMore}>
            {strings.loadMore}
          </Button>
        </div>
      ) : null}
    </Card>
  );
}
