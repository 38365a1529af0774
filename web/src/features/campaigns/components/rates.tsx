import type { CampaignDetail, CampaignStatus } from '../../../../../src/contract/campaigns.ts';
import type { CampaignState } from '../../../../../src/contract/states.ts';
import { Moment } from '../../../components/moment.tsx';
import { lookOf } from '../../../components/recipient-states.ts';
import { Tip } from '../../../components/tip.tsx';
import { useClock } from '../../../lib/clock.ts';
import { countText, rateText } from '../../../lib/numbers.ts';
import { type Clock, clockText, durationText, withLocalTimes } from '../../../lib/times.ts';
import { useForecast } from '../api/get-forecast.ts';
import { strings } from '../strings.ts';
import styles from './rates.module.css';

const { detail } = strings;

/** One line on how fast it goes, when it is done and what it waits for; afterwards how long it took. */
export function Rates({ campaign, status }: { campaign: CampaignDetail; status: CampaignStatus | undefined }) {
  const state = campaign.state as CampaignState;
  const { unknown, sending } = campaign.counts;
  const clock = useClock();
  const waitingFor = status?.waitingFor ?? campaign.stateReason;
  return (
    <div className={styles.rates}>
      <p className={styles.line}>
        {state === 'active' ? (
          <Speed campaign={campaign} status={status} clock={clock} />
        ) : (
          <Ended campaign={campaign} />
        )}
        {sending > 0 ? (
          <span>
            {detail.inFlight} <b>{countText(sending)}</b>
          </span>
        ) : null}
        {unknown > 0 ? (
          <span>
            {lookOf('unknown').word} <b>{countText(unknown)}</b>{' '}
            <Tip label={lookOf('unknown').meaning}>
              <button type="button" className={styles.why}>
                {detail.whyUnknown}
              </button>
            </Tip>
          </span>
        ) : null}
      </p>
      {waitingFor ? (
        <p>
          <span className="muted">{state === 'failed' ? detail.stopped : detail.waitingFor}</span>{' '}
          {withLocalTimes(waitingFor, clock)}
        </p>
      ) : null}
      <Outlook campaign={campaign} />
    </div>
  );
}

/** When it would be done, and what would hold it up, before it is sent or while it is paused. */
function Outlook({ campaign }: { campaign: CampaignDetail }) {
  const isWanted = ['draft', 'delayed', 'paused'].includes(campaign.state) && campaign.audience !== null;
  const [sentence] = useForecast(campaign.id, isWanted).data?.sentences ?? [];
  if (!isWanted || sentence === undefined) return null;
  return (
    <p>
      <span className="muted">{detail.forecast}</span> {sentence}
    </p>
  );
}

interface SpeedProps {
  readonly campaign: CampaignDetail;
  readonly status: CampaignStatus | undefined;
  readonly clock: Clock;
}

function Speed({ campaign, status, clock }: SpeedProps) {
  const { now } = clock;
  const average = averageOf(campaign, now);
  const left = status?.etaSeconds ?? null;
  return (
    <>
      <span>
        <b>{rateText(status?.rate ?? 0)}</b> {detail.now}
      </span>
      {average === null ? null : (
        <span>
          {detail.average} <b>{rateText(average)}</b>
        </span>
      )}
      {left === null ? null : (
        <span>
          {detail.doneIn({
            time: durationText(left),
            clock: clockText(new Date(now.getTime() + left * 1000), clock),
          })}
        </span>
      )}
    </>
  );
}

function Ended({ campaign }: { campaign: CampaignDetail }) {
  const { startedAt, finishedAt, scheduledAt, state, timezone } = campaign;
  // Of recipients' own clocks the line on what it waits for tells.
  if (state === 'delayed' && scheduledAt && timezone !== 'recipient') {
    return (
      <span>
        {strings.standing.starts} <Moment iso={scheduledAt} />
      </span>
    );
  }
  if (!startedAt || !finishedAt) return null;
  const seconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  return (
    <>
      <span>
        {detail.ended} <Moment iso={finishedAt} />
      </span>
      <span>
        {detail.sentIn({ count: campaign.counts.sent, time: durationText(seconds) })}
        {seconds >= 1 && campaign.counts.sent > 0
          ? `, ${detail.onAverage({ rate: rateText(campaign.counts.sent / seconds) })}`
          : ''}
      </span>
    </>
  );
}

/** Since it began, pauses included; null before there is anything to divide. */
function averageOf(campaign: CampaignDetail, now: Date): number | null {
  if (!campaign.startedAt || campaign.counts.sent === 0) return null;
  const seconds = (now.getTime() - Date.parse(campaign.startedAt)) / 1000;
  return seconds < 5 ? null : campaign.counts.sent / seconds;
}
