import type { Suppression } from '../../../../../src/contract/suppressions.ts';
import { useRows } from '../../../lib/use-rows.ts';

export interface SuppressionFilter {
  readonly search: string;
  readonly kind: string;
  readonly reason: string;
  /** An address: what keeps it from being sent to. */
  readonly binds: string;
}

/** What nothing is sent to, newest first. */
export function useSuppressions({ search, kind, reason, binds }: SuppressionFilter) {
  const query = binds === '' ? { search: search.trim(), kind, reason } : { binds };
  return useRows<Suppression>({ queryKey: ['suppressions', 'list', query], path: '/api/suppressions', query });
}
