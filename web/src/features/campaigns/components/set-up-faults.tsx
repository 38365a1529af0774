import { Link } from 'react-router';
import type { CampaignReport } from '../../../../../src/contract/campaign-report.ts';
import type { CampaignDetail } from '../../../../../src/contract/campaigns.ts';
import { Card } from '../../../components/card.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { countText } from '../../../lib/numbers.ts';
import { strings } from '../strings.ts';
import styles from './set-up-faults.module.css';

interface SetUpFaultsProps {
  readonly campaign: CampaignDetail;
  readonly report: CampaignReport | undefined;
}

/** What slows it down that no recipient is to blame for: complaints, and answers that speak of the sender's set-up. */
export function SetUpFaults({ campaign, report }: SetUpFaultsProps) {
  const words = strings.faults;
  const slow = campaign.guard?.level === 'slow' ? campaign.guard : null;
  const faults = report?.faults ?? [];
  if (slow === null && faults.length === 0) return null;
  return (
    <Card title={slow === null ? words.title : words.slowTitle}>
      {slow === null ? null : (
        <p>
          {slow.words} {slow.perHour === null ? null : words.perHour({ rate: slow.perHour })}
        </p>
      )}
      {faults.length === 0 ? null : (
        <>
          <p className="muted">
            {words.lead} <Link to="/domains">{words.toDomains}</Link>
          </p>
          <ul className={styles.faults}>
            {faults.map(({ class: name, count, example, help }) => (
              <li key={name}>
                <StatusMark tone="bad" word={name.replaceAll('-', ' ')} />
                <b className="numbers">{countText(count)}</b>
                <span>{help}</span>
                {example === null ? null : <span className={`mono muted ${styles.example}`}>{example}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}
