import { Checkbox } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './data-table.module.css';
import { Skeleton } from './skeleton.tsx';
import { strings } from './strings.ts';

export interface Column<Row> {
  readonly id: string;
  readonly header: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  /** CSS width; the columns without one share what is left. */
  readonly width?: number | string;
  readonly align?: 'end';
  /** Left out on screens narrower than 641 px. */
  readonly wide?: boolean;
}

interface Selection {
  readonly ids: ReadonlySet<string>;
  readonly onChange: (ids: ReadonlySet<string>) => void;
}

interface DataTableProps<Row> {
  /** What the rows are, for screen readers. */
  readonly label: string;
  readonly columns: ReadonlyArray<Column<Row>>;
  /** Undefined while they are read: a skeleton stands in their place. */
  readonly rows: readonly Row[] | undefined;
  readonly keyOf: (row: Row) => string;
  /** Puts a box before each row. */
  readonly selection?: Selection;
  /** What a row is called, for the box before it. */
  readonly nameOf?: (row: Row) => string;
  /** What is over and only kept to be read: greyed. */
  readonly isFaded?: (row: Row) => boolean;
}

const BONES = ['a', 'b', 'c', 'd', 'e', 'f'];

/** Rows of 36 px with a head. For lists of some hundred; longer ones are a VirtualTable. */
export function DataTable<Row>({ label, columns, rows, keyOf, selection, nameOf, isFaded }: DataTableProps<Row>) {
  const ids = rows?.map(keyOf) ?? [];
  return (
    <div className={styles.scroll}>
      <table className={styles.table} aria-label={label} aria-busy={rows === undefined || undefined}>
        <thead>
          <tr>
            {selection ? (
              <th scope="col" className={styles.box}>
                <Checkbox
                  size="xs"
                  aria-label={strings.selectAll}
                  checked={ids.length > 0 && ids.every((id) => selection.ids.has(id))}
                  indeterminate={ids.some((id) => selection.ids.has(id)) && !ids.every((id) => selection.ids.has(id))}
                  onChange={(event) => selection.onChange(new Set(event.currentTarget.checked ? ids : []))}
                />
              </th>
            ) : null}
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                style={{ width: column.width }}
                data-align={column.align}
                data-wide={column.wide}
              >
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows === undefined
            ? BONES.map((bone) => (
                <tr key={bone}>
                  {selection ? <td className={styles.box} /> : null}
                  {columns.map((column) => (
                    <td key={column.id} data-wide={column.wide}>
                      <Skeleton width="60%" />
                    </td>
                  ))}
                </tr>
              ))
            : rows.map((row) => (
                <tr
                  key={keyOf(row)}
                  data-selected={selection?.ids.has(keyOf(row)) || undefined}
                  data-faded={isFaded?.(row) || undefined}
                >
                  {selection ? (
                    <td className={styles.box}>
                      <Checkbox
                        size="xs"
                        aria-label={strings.selectRow({ name: nameOf?.(row) ?? keyOf(row) })}
                        checked={selection.ids.has(keyOf(row))}
                        onChange={() => selection.onChange(toggled(selection.ids, keyOf(row)))}
                      />
                    </td>
                  ) : null}
                  {columns.map((column) => (
                    <td key={column.id} data-align={column.align} data-wide={column.wide}>
                      {column.cell(row)}
                    </td>
                  ))}
                </tr>
              ))}
        </tbody>
      </table>
    </div>
  );
}

export function toggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const changed = new Set(ids);
  if (!changed.delete(id)) changed.add(id);
  return changed;
}
