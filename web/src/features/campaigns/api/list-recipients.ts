import { useInfiniteQuery } from '@tanstack/react-query';
import type { LedgerRecipient } from '../../../../../src/contract/campaigns.ts';
import type { Page } from '../../../../../src/contract/common.ts';
import type { RecipientState } from '../../../../../src/contract/states.ts';
import { getJson, pathOf } from '../../../lib/api.ts';

export const PAGE = 100;

export interface RecipientFilter {
  readonly state: RecipientState | null;
  /** A whole address; empty: everybody. */
  readonly email: string;
  /** How the last answer was classified; null: any. */
  readonly class: string | null;
  /** Of the last answer; null: any. */
  readonly code: number | null;
  /** The name of a variant; null: any. */
  readonly variant: string | null;
}

/** Only all rows, and those of one state, have numbers from which the server can begin. */
export function isNumbered({ email, class: name, code, variant }: RecipientFilter): boolean {
  return email.trim() === '' && name === null && code === null && variant === null;
}

/** The answer that rows are filtered by, `554 policy refused`; empty when they are not. */
export function answerWords({ code, class: name }: RecipientFilter): string {
  return [code, name?.replaceAll('-', ' ')].filter((part) => part != null).join(' ');
}

export function recipientsPath(
  campaignId: string,
  filter: RecipientFilter,
  more: Record<string, string | number> = {},
) {
  const query = {
    ...(filter.state ? { state: filter.state } : {}),
    ...(filter.class === null ? {} : { class: filter.class }),
    ...(filter.code === null ? {} : { code: filter.code }),
    ...(filter.variant === null ? {} : { variant: filter.variant }),
    email: filter.email.trim(),
    ...more,
  };
  return pathOf(`/api/campaigns/${encodeURIComponent(campaignId)}/recipients`, query);
}

export function getRecipients(
  campaignId: string,
  filter: RecipientFilter,
  place: { readonly from?: number; readonly cursor?: string; readonly limit?: number },
  signal: AbortSignal,
): Promise<Page<LedgerRecipient>> {
  return getJson(recipientsPath(campaignId, filter, { limit: PAGE, ...place }), signal);
}

/** Who fits a search or an answer, in order, page by page. Read once: it stays still while somebody looks at it. */
export function useFoundRecipients(campaignId: string, filter: RecipientFilter, enabled: boolean) {
  return useInfiniteQuery({
    queryKey: ['recipients', campaignId, 'found', filter],
    queryFn: ({ pageParam, signal }) =>
      getRecipients(campaignId, filter, pageParam === undefined ? {} : { cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    refetchOnWindowFocus: false,
    enabled,
  });
}
