import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { Page } from '../../../../../src/contract/common.ts';
import type { WorkspaceUser } from '../../../../../src/contract/workspace-users.ts';
import { getJson, pathOf } from '../../../lib/api.ts';

const PAGE = 100;
const LOOK_AGAIN_MS = 15_000;

/** As whom a gmail account sends. */
export function useWorkspaceUsers(accountId: string, search: string) {
  const path = `/api/accounts/${encodeURIComponent(accountId)}/users`;
  return useInfiniteQuery({
    queryKey: ['accounts', 'users', accountId, search],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<WorkspaceUser>>(pathOf(path, { search, limit: PAGE, cursor: pageParam }), signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_AGAIN_MS,
  });
}
