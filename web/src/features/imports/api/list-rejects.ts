import type { ImportReject } from '../../../../../src/contract/imports.ts';
import { useRows } from '../../../lib/use-rows.ts';
import { importPath } from './get-import.ts';

/** The rows that were refused, in the order of the file. */
export function useRejects(id: string) {
  return useRows<ImportReject>({
    queryKey: ['imports', 'rejects', id],
    path: `${importPath(id)}/rejects`,
    query: {},
  });
}
