import { Link } from 'react-router';
import type { Operation } from '../../../src/contract/queue.ts';
import { useClock } from '../lib/clock.ts';
import { rateText } from '../lib/numbers.ts';
import { durationText, withLocalTimes } from '../lib/times.ts';
import { LedgerSegments } from './ledger-segments.tsx';
import { LedgerTable, ledgerWords } from './ledger-table.tsx';
import styles from './live-campaigns.module.css';
import { strings } from './strings.ts';
import { Tip } from './tip.tsx';

/** Campaigns under way: the ledger of each, how fast it goes and what is left, or what it waits for. */
export function LiveCampaigns({ running }: { running: readonly Operation[] }) {
  return (
    <ul className={styles.list}>
      {running.map((campaign) => (
        <li key={campaign.id} className={styles.row}>
          <Link to={`/campaigns/${campaign.id}`} className={styles.name}>
            {campaign.name}
          </Link>
          <span className={styles.now}>
            <Now campaign={campaign} />
          </span>
          {campaign.counts ? (
            <Tip label={<LedgerTable counts={campaign.counts} />}>
              <span className={styles.bar} role="img" aria-label={`${campaign.name}: ${ledgerWords(campaign.counts)}`}>
                <LedgerSegments counts={campaign.counts} size="row" />
              </span>
            </Tip>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function Now({ campaign }: { campaign: Operation }) {
  const { rate, etaSeconds, waitingFor, progress } = campaign;
  const clock = useClock();
  const left = etaSeconds === null ? '' : ` · ${strings.left({ time: durationText(etaSeconds) })}`;
  if (rate > 0) return <>{`${Math.floor(progress)} % · ${rateText(rate)}${left}`}</>;
  if (waitingFor) return <>{`${strings.waitsFor({ what: withLocalTimes(waitingFor, clock) })}${left}`}</>;
  return <>{`${Math.floor(progress)} %${left}`}</>;
}
