import { useQuery } from '@tanstack/react-query';
import type { AccountUse, AccountUses } from '../../../../../src/contract/accounts.ts';
import { getJson } from '../../../lib/api.ts';

const LOOK_AGAIN_MS = 5000;

/** What every account used of its limits, by its id. */
export function useAccountUse(): ReadonlyMap<string, AccountUse> {
  return (
    useQuery({
      queryKey: ['accounts', 'use'],
      queryFn: ({ signal }) => getJson<AccountUses>('/api/accounts/use', signal),
      select: mapOf,
      refetchInterval: LOOK_AGAIN_MS,
    }).data ?? NONE
  );
}

const NONE: ReadonlyMap<string, AccountUse> = new Map();

function mapOf({ items }: AccountUses): ReadonlyMap<string, AccountUse> {
  return new Map(items.map((use) => [use.accountId, use]));
}
