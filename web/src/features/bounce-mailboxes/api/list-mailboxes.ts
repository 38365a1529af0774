import { useQuery } from '@tanstack/react-query';
import type { BounceMailbox } from '../../../../../src/contract/bounce-mailboxes.ts';
import type { Page } from '../../../../../src/contract/common.ts';
import { getJson } from '../../../lib/api.ts';

const LOOK_AGAIN_MS = 30_000;

/** Each is looked into once a minute. */
export function useBounceMailboxes() {
  return useQuery({
    queryKey: ['bounce-mailboxes'],
    queryFn: ({ signal }) => getJson<Page<BounceMailbox>>('/api/bounce-mailboxes?limit=1000', signal),
    refetchInterval: LOOK_AGAIN_MS,
  });
}
