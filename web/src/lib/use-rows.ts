import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { Page } from '../../../src/contract/common.ts';
import { getJson, pathOf, type Query } from './api.ts';

/** Rows that stand at the end for those that are not read yet. */
const AHEAD = 12;

interface Source {
  /** Begins with the noun: `['contacts', 'list', filter]`. */
  readonly queryKey: readonly unknown[];
  readonly path: string;
  readonly query: Query;
  /** Rows a request. */
  readonly limit?: number;
  readonly enabled?: boolean;
}

/**
 * A list of any length by cursor pages, as a VirtualTable wants it: whoever scrolls near the end has the next page read.
 * A page may be short, or empty, and still have a next one. It stays as it was read until somebody invalidates it.
 */
export function useRows<Row>({ queryKey, path, query, limit = 200, enabled = true }: Source) {
  const list = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<Row>>(pathOf(path, { ...query, limit, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
    enabled,
  });
  const { data, hasNextPage, isFetching, isPlaceholderData, fetchNextPage } = list;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const rowAt = useCallback((index: number) => rows[index], [rows]);
  const onShow = useCallback(
    (_first: number, last: number) => {
      if (hasNextPage && !isFetching && !isPlaceholderData && last >= rows.length - 1) void fetchNextPage();
    },
    [hasNextPage, isFetching, isPlaceholderData, rows.length, fetchNextPage],
  );
  return {
    rows,
    /** With some that are still to be read. */
    count: rows.length + (hasNextPage ? AHEAD : 0),
    isAll: !hasNextPage,
    rowAt,
    onShow,
    isPending: list.isPending,
    isEmpty: list.isSuccess && !hasNextPage && rows.length === 0,
    error: list.error,
    retry: () => void list.refetch(),
  };
}

export type Rows<Row> = ReturnType<typeof useRows<Row>>;
