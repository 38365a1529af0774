import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Page } from '../../../../../src/contract/common.ts';
import type { ImportStatus } from '../../../../../src/contract/imports.ts';
import { hasEnded } from '../../../components/use-operation.ts';
import { getJson, pathOf } from '../../../lib/api.ts';
import { progressStream } from '../../../lib/progress-stream.ts';

/** Imports, newest first; read again when one of them begins or ends. */
export function useImports(search: string) {
  const client = useQueryClient();
  useEffect(() => {
    const queryKey = ['imports', 'list'];
    const known = new Set<string>();
    return progressStream.listen({
      onProgress: (operation) => {
        if (operation.kind !== 'import') return;
        const isNew = !known.has(operation.id);
        known.add(operation.id);
        if (isNew || hasEnded(operation)) void client.invalidateQueries({ queryKey });
      },
      onGap: () => void client.invalidateQueries({ queryKey }),
    });
  }, [client]);
  return useInfiniteQuery({
    queryKey: ['imports', 'list', search],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<ImportStatus>>(pathOf('/api/imports', { search, limit: 50, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
}
