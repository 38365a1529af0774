import { memo, type ReactNode, useEffect, useRef } from 'react';
import type { Column } from './data-table.tsx';
import { Skeleton } from './skeleton.tsx';
import { heightOf, ROW_PX } from './tall-list.ts';
import { useSeenRows } from './use-seen-rows.ts';
import styles from './virtual-table.module.css';

interface VirtualTableProps<Row> {
  readonly label: string;
  /** The same array as long as nothing but the rows is new: then rows that stay are not drawn again. */
  readonly columns: ReadonlyArray<Column<Row>>;
  /** All there are, as far as it is known. */
  readonly count: number;
  /** Undefined for a row that was not read yet: a skeleton stands in its place. */
  readonly rowAt: (index: number) => Row | undefined;
  readonly keyOf: (row: Row) => string;
  /** Told which rows are on the screen, so that they can be read. */
  readonly onShow: (first: number, last: number) => void;
  /** CSS height of the whole table. */
  readonly height?: string;
  /** Pixels below which the columns do not get narrower: the table is scrolled sideways then. */
  readonly minWidth?: number;
}

/** A list of any length: only what is on the screen is in the page. Rows of 36 px; arrow and page keys scroll it. */
export function VirtualTable<Row>(props: VirtualTableProps<Row>) {
  const { label, columns, count, rowAt, keyOf, onShow, height = '60dvh', minWidth = 0 } = props;
  const scroller = useRef<HTMLElement>(null);
  const { first, last, ahead } = useSeenRows(scroller, count);
  useEffect(() => onShow(first, Math.max(first, last)), [first, last, onShow]);
  const template = columns.map(({ width = 'minmax(0, 1fr)' }) => (typeof width === 'number' ? `${width}px` : width));
  const layout = {
    '--wide': template.join(' '),
    '--narrow': narrow(columns, template).join(' '),
    '--least': `${minWidth}px`,
  } as object;
  return (
    <section
      ref={scroller}
      className={styles.scroll}
      style={{ maxHeight: height, ...layout }}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <table className={styles.table} aria-label={label} aria-rowcount={count + 1}>
        <thead>
          <tr className={styles.head} aria-rowindex={1}>
            {columns.map((column) => (
              <th key={column.id} scope="col" data-align={column.align} data-wide={column.wide}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className={styles.rows} style={{ height: heightOf(count) }}>
          {Array.from({ length: last - first + 1 }, (_, i) => {
            const index = first + i;
            const row = rowAt(index);
            return (
              <tr
                key={row === undefined ? index : keyOf(row)}
                className={styles.row}
                aria-rowindex={index + 2}
                style={{ transform: `translateY(${index * ROW_PX - ahead}px)` }}
              >
                <Cells columns={columns} row={row} />
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

interface CellsProps<Row> {
  readonly columns: ReadonlyArray<Column<Row>>;
  readonly row: Row | undefined;
}

const Cells = memo(function Cells<Row>({ columns, row }: CellsProps<Row>) {
  return columns.map((column) => (
    <td key={column.id} data-align={column.align} data-wide={column.wide}>
      {row === undefined ? <Skeleton width="60%" /> : column.cell(row)}
    </td>
  ));
}) as <Row>(props: CellsProps<Row>) => ReactNode;

function narrow<Row>(columns: ReadonlyArray<Column<Row>>, template: readonly string[]): string[] {
  return template.filter((_, index) => !columns[index]?.wide);
}
