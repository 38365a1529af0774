import { useMemo } from 'react';
import { useAccounts } from '../features/accounts/api/list-accounts.ts';
import { CampaignPage } from '../features/campaigns/components/campaign-page.tsx';

/** A campaign with the names of the accounts it goes out through, which another feature knows. */
export function CampaignWithAccounts() {
  const accounts = useAccounts().data?.items;
  const names = useMemo(() => new Map((accounts ?? []).map(({ id, name }) => [id, name])), [accounts]);
  return <CampaignPage accountNames={names} />;
}
