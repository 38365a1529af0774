import { useAccounts } from '../features/accounts/api/list-accounts.ts';
import { NearLimitsCard } from '../features/accounts/components/near-limits-card.tsx';
import { useRunningCampaigns } from '../features/campaigns/api/get-progress.ts';
import { AlertsCard } from '../features/operations/components/alerts-card.tsx';
import { OverviewPage } from '../features/overview/components/overview-page.tsx';

/** The first page, with what campaigns, accounts and operations know. */
export function Overview() {
  const accounts = useAccounts().data?.items;
  const running = useRunningCampaigns();
  const mailbox = accounts?.find(({ isSandbox, state }) => isSandbox && state === 'active');
  return (
    <OverviewPage
      running={running}
      mailboxAccountId={mailbox?.id ?? null}
      hasAccount={accounts?.some(({ isSandbox }) => !isSandbox) ?? false}
    >
      <NearLimitsCard />
      <AlertsCard />
    </OverviewPage>
  );
}
