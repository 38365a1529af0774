import type { CampaignSummary } from '../../../../../src/contract/campaigns.ts';
import type { CampaignState } from '../../../../../src/contract/states.ts';
import { Moment } from '../../../components/moment.tsx';
import { Tip } from '../../../components/tip.tsx';
import { useClock } from '../../../lib/clock.ts';
import { rateText } from '../../../lib/numbers.ts';
import { durationText, withLocalTimes } from '../../../lib/times.ts';
import { useProgress } from '../api/get-progress.ts';
import { strings } from '../strings.ts';
import styles from './standing.module.css';

const { standing: words } = strings;

/** The last cell of a row: the rate and the time left, what it waits for, or when it ended. */
export function Standing({ campaign }: { campaign: CampaignSummary }) {
  const state = campaign.state as CampaignState;
  switch (state) {
    case 'draft':
      return <Since word={words.made} iso={campaign.createdAt} />;
    case 'delayed':
      if (campaign.timezone === 'recipient') return <Words text={words.byRecipients} />;
      return <Since word={words.starts} iso={campaign.scheduledAt ?? campaign.createdAt} />;
    case 'waiting':
      return <Words text={words.writingOut} />;
    case 'active':
      return <Sending campaign={campaign} />;
    case 'paused':
      return <Words text={campaign.stateReason ?? words.left({ count: openOf(campaign) })} />;
    case 'failed':
      return <Words text={campaign.stateReason ?? words.stopped} />;
    case 'completed':
      return <Since word={words.done} iso={campaign.finishedAt ?? campaign.createdAt} />;
    case 'cancelled':
      return <Since word={words.cancelled} iso={campaign.finishedAt ?? campaign.createdAt} />;
  }
}

function openOf({ counts }: CampaignSummary): number {
  return counts.pending + counts.sending + counts.deferred;
}

function Sending({ campaign }: { campaign: CampaignSummary }) {
  const progress = useProgress(campaign.id);
  if (progress && progress.rate > 0) {
    return (
      <span className="numbers">
        {rateText(progress.rate)}
        {progress.etaSeconds === null ? null : (
          <span className="muted"> · {words.timeLeft({ time: durationText(progress.etaSeconds) })}</span>
        )}
      </span>
    );
  }
  const waitingFor = progress?.waitingFor ?? campaign.stateReason;
  return waitingFor ? <Words text={words.waitsFor({ what: waitingFor })} /> : <Words text={words.starting} />;
}

function Since({ word, iso }: { word: string; iso: string }) {
  return (
    <span className="muted">
      {word} <Moment iso={iso} />
    </span>
  );
}

/** One line; all of it in a tooltip. */
function Words({ text }: { text: string }) {
  const shown = withLocalTimes(text, useClock());
  return (
    <Tip label={shown}>
      <span className={styles.words}>{shown}</span>
    </Tip>
  );
}
