import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ImportStatus } from '../../../../../src/contract/imports.ts';
import { getJson } from '../../../lib/api.ts';
import { progressStream } from '../../../lib/progress-stream.ts';

export function importPath(id: string): string {
  return `/api/imports/${encodeURIComponent(id)}`;
}

/** One import; its counts are read again as they change. */
export function useImport(id: string) {
  const client = useQueryClient();
  useEffect(() => {
    const again = () => void client.invalidateQueries({ queryKey: ['imports', 'detail', id] });
    return progressStream.listen({
      onProgress: (operation) => {
        if (operation.id === id) again();
      },
      onGap: again,
    });
  }, [client, id]);
  return useQuery({
    queryKey: ['imports', 'detail', id],
    queryFn: ({ signal }) => getJson<ImportStatus>(importPath(id), signal),
  });
}
