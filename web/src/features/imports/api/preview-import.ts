import { useQuery } from '@tanstack/react-query';
import type { ImportPreview } from '../../../../../src/contract/imports.ts';
import { getJson } from '../../../lib/api.ts';
import { importPath } from './get-import.ts';

/** The beginning of a file, and what its columns are taken for. */
export function useImportPreview(id: string) {
  return useQuery({
    // Not among what is read again when the import begins: from then on there is no preview.
    queryKey: ['import-preview', id],
    queryFn: ({ signal }) => getJson<ImportPreview>(`${importPath(id)}/preview`, signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}
