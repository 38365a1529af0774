import { useQuery } from '@tanstack/react-query';
import type { EmailDetail } from '../../../../../src/contract/emails.ts';
import { getJson } from '../../../lib/api.ts';

/** While a server may still be asked. */
const UNDER_WAY_MS = 3000;
/** Openings, clicks and what comes back. */
const OVER_MS = 15_000;

export function useEmail(id: string) {
  return useQuery({
    queryKey: ['emails', 'detail', id],
    queryFn: ({ signal }) => getJson<EmailDetail>(`/api/emails/${encodeURIComponent(id)}`, signal),
    refetchInterval: ({ state }) => (state.data?.finishedAt === null ? UNDER_WAY_MS : OVER_MS),
  });
}
