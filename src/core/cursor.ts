import { AppError } from '../errors.ts';
import { isUuid } from '../lib/uuid7.ts';

/** An opaque mark of where a page ended. What is in it may change; callers only hand it back. */
export function encodeCursor(position: string | number): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

export function decodeCursor<T extends 'string' | 'number'>(
  cursor: string,
  type: T,
): T extends 'string' ? string : number {
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    // Every position is an id or a number of a row: anything else never came from here, and the database would choke on it.
    const ours = typeof position === 'string' ? isUuid(position) : isRowNumber(position);
    if (typeof position === type && ours) return position as never;
  } catch {
    // told below
  }
  throw new AppError('VALIDATION', 'The cursor is not one of ours. Use nextCursor of the page before, as it is.', {
    details: [{ path: 'cursor', message: 'use nextCursor of the page before, as it is' }],
  });
}

function isRowNumber(position: unknown): boolean {
  return typeof position === 'number' && Number.isInteger(position) && position >= 0 && position < 2 ** 31;
}

/** What a page of newest things asks of the statement behind it: one row more than is shown says whether there are others. */
export function rowsOfPage(
  { cursor, search }: { readonly cursor?: string; readonly search?: string },
  limit: number,
): { limit: number; search?: string; before?: string } {
  return {
    limit: limit + 1,
    ...(search ? { search } : {}),
    ...(cursor === undefined ? {} : { before: decodeCursor(cursor, 'string') }),
  };
}

/** Cuts a page from rows that were asked for with one more than the limit. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  position: (row: Row) => string | number,
  item: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(item),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(position(last)) : null,
  };
}

/** As `toPage`, for rows with something that is looked up for all of a page at once, by their ids. */
export async function toPageWith<Row extends { readonly id: string }, More, Item>(
  rows: readonly Row[],
  limit: number,
  find: (ids: string[]) => Promise<ReadonlyMap<string, More>>,
  item: (row: Row, more: More | undefined) => Item,
): Promise<{ items: Item[]; nextCursor: string | null }> {
  const more = await find(rows.map(({ id }) => id));
  return toPage(
    rows,
    limit,
    ({ id }) => id,
    (row) => item(row, more.get(row.id)),
  );
}
