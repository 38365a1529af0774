import { useRunningCampaigns } from '../features/campaigns/api/get-progress.ts';
import { PerformancePage } from '../features/operations/components/performance-page.tsx';

/** Performance with what is under way, which the campaigns follow by the stream. */
export function Performance() {
  return <PerformancePage running={useRunningCampaigns()} />;
}
