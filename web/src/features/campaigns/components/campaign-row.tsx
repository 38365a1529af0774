import { Link } from 'react-router';
import type { CampaignSummary } from '../../../../../src/contract/campaigns.ts';
import type { CampaignState } from '../../../../../src/contract/states.ts';
import { Icon } from '../../../components/icon.tsx';
import { LedgerSegments } from '../../../components/ledger-segments.tsx';
import { LedgerTable, ledgerWords } from '../../../components/ledger-table.tsx';
import { Tip } from '../../../components/tip.tsx';
import { useCan } from '../../../lib/access.ts';
import { countText } from '../../../lib/numbers.ts';
import { strings } from '../strings.ts';
import styles from './campaign-list.module.css';
import { CampaignStateMark } from './campaign-state-mark.tsx';
import { Standing } from './standing.tsx';

export function CampaignRow({ campaign }: { campaign: CampaignSummary }) {
  // A draft is gone on with; whoever may not write sees what there is of it.
  const canWrite = useCan('editor');
  const to = `/campaigns/${campaign.id}${campaign.state === 'draft' && canWrite ? '/edit' : ''}`;
  return (
    <tr className={styles.row}>
      <td className={styles.state}>
        <CampaignStateMark state={campaign.state as CampaignState} wordless />
      </td>
      <td className={styles.name}>
        <div className={styles.title}>
          <Link to={to} className={styles.link}>
            {campaign.name}
          </Link>
          {campaign.series ? (
            <Tip label={strings.fromSeries({ name: campaign.series.name })}>
              <Link
                to={`/series/${campaign.series.id}`}
                className={styles.origin}
                aria-label={strings.fromSeries({ name: campaign.series.name })}
              >
                <Icon name="refresh" size={14} />
              </Link>
            </Tip>
          ) : null}
          <span className={styles.subject}>{campaign.subject ?? strings.noSubject}</span>
        </div>
      </td>
      <td className={styles.audience}>{campaign.total === 0 ? '–' : countText(campaign.total)}</td>
      <td className={styles.ledger}>
        <Tip label={<LedgerTable counts={campaign.counts} />}>
          <Link to={to} className={styles.bar} aria-label={`${campaign.name}: ${ledgerWords(campaign.counts)}`}>
            <LedgerSegments counts={campaign.counts} size="row" />
          </Link>
        </Tip>
      </td>
      <td className={styles.now}>
        <Standing campaign={campaign} />
      </td>
    </tr>
  );
}
