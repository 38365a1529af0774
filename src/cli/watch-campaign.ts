import { pauseCampaign } from '../core/campaign-control.ts';
import { findCampaignStatus, jobIdOf } from '../core/campaign-status.ts';
import { sleep } from '../lib/sleep.ts';
import type { Postrider } from '../main.ts';
import { ProgressBar, progressOfCounts } from './progress-bar.ts';
import { ownerOf } from './run.ts';

const FINAL = ['completed', 'failed', 'cancelled'];

/** Follows a campaign to its end with a progress bar. Ctrl-C pauses it and gives false. */
export async function watchCampaign(
  postrider: Postrider,
  campaignId: string,
  interrupted: AbortSignal,
): Promise<boolean> {
  const { core, workspaceId } = postrider;
  const bar = new ProgressBar('Sending  ');
  for (;;) {
    const status = await findCampaignStatus(core.db, workspaceId, jobIdOf(campaignId));
    if (!status) return false;
    const progress = { ...progressOfCounts(status.counts), share: status.progress / 100 };
    const waiting = status.waitingFor ? `waits for ${status.waitingFor}` : '';
    const shown = { ...progress, note: [progress.note, waiting].filter(Boolean).join(' · ') };
    if (FINAL.includes(status.state)) {
      bar.end(shown);
      return true;
    }
    bar.update(shown);
    if (interrupted.aborted) {
      await pauseCampaign(core, ownerOf(postrider), campaignId).catch(() => {}); // it may have ended this moment
      bar.end(shown);
      return false;
    }
    await sleep(200, interrupted);
  }
}
