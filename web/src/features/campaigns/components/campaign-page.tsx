import { Link, useParams } from 'react-router';
import type { CampaignDetail } from '../../../../../src/contract/campaigns.ts';
import type { CampaignState } from '../../../../../src/contract/states.ts';
import page from '../../../components/page.module.css';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useCampaign } from '../api/get-campaign.ts';
import { useCampaignStatus } from '../api/get-campaign-status.ts';
import { useReport } from '../api/get-report.ts';
import { strings } from '../strings.ts';
import { useRecipientFilter } from '../use-recipient-filter.ts';
import { Answers } from './answers.tsx';
import { ByAccount, ByDomain } from './breakdown.tsx';
import { CampaignActions } from './campaign-actions.tsx';
import styles from './campaign-page.module.css';
import { CampaignStateMark } from './campaign-state-mark.tsx';
import { Engagement } from './engagement.tsx';
import { LedgerFilter } from './ledger-filter.tsx';
import { RateChart } from './rate-chart.tsx';
import { Rates } from './rates.tsx';
import { Recipients } from './recipients.tsx';
import { SetUpFaults } from './set-up-faults.tsx';
import { Variants } from './variants.tsx';

const ENDED: readonly string[] = ['draft', 'completed', 'cancelled'];

interface CampaignPageProps {
  /** Names of sending accounts by id, as far as they are known. */
  readonly accountNames: ReadonlyMap<string, string>;
}

/** One campaign: how it stands, what can be done with it, and its ledger. */
export function CampaignPage({ accountNames }: CampaignPageProps) {
  const { id = '' } = useParams();
  const campaign = useCampaign(id);
  if (campaign.isPending) return <CampaignSkeleton />;
  if (campaign.isError) return <ProblemNote error={campaign.error} onRetry={() => void campaign.refetch()} />;
  return <Loaded campaign={campaign.data} accountNames={accountNames} />;
}

function Loaded({ campaign, accountNames }: CampaignPageProps & { campaign: CampaignDetail }) {
  const status = useCampaignStatus(campaign.id);
  usePageTitle(campaign.name);
  const [filter, onFilter] = useRecipientFilter();
  const isUnderWay = !ENDED.includes(campaign.state);
  const report = useReport(campaign.id, isUnderWay).data;
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <div className={styles.words}>
          <h1 className={styles.name}>
            {campaign.name} <CampaignStateMark state={campaign.state as CampaignState} />
          </h1>
          <p className="muted">
            {campaign.subject ?? strings.noSubject}
            <span className={styles.from}>
              {campaign.from ? strings.detail.from({ from: campaign.from }) : strings.detail.noFrom}
            </span>
            <span className={styles.from}>{strings.detail.recipients({ count: campaign.total })}</span>
            {campaign.series ? (
              <Link className={styles.from} to={`/series/${campaign.series.id}`}>
                {strings.fromSeries({ name: campaign.series.name })}
              </Link>
            ) : null}
          </p>
        </div>
        <CampaignActions campaign={campaign} />
      </header>
      <section className={styles.card} aria-label={strings.detail.ledger}>
        <LedgerFilter
          counts={campaign.counts}
          state={filter.state}
          onPick={(state) => onFilter({ state, class: null, code: null })}
        />
        <Rates campaign={campaign} status={status.data} />
      </section>
      <SetUpFaults campaign={campaign} report={report} />
      {report?.variants ? (
        <Variants campaign={campaign} report={report.variants} onPick={(variant) => onFilter({ variant })} />
      ) : null}
      {report ? <Engagement engagement={report.engagement} /> : null}
      {report && campaign.total > 0 ? (
        <>
          <RateChart report={report} accountNames={accountNames} isUnderWay={isUnderWay} />
          <div className={page.columns}>
            <ByAccount report={report} />
            <Answers report={report} onFilter={onFilter} />
            <ByDomain report={report} />
          </div>
        </>
      ) : null}
      <Recipients campaign={campaign} accountNames={accountNames} filter={filter} onFilter={onFilter} />
    </div>
  );
}

function CampaignSkeleton() {
  return (
    <div className={styles.page} role="status" aria-label={strings.detail.loading}>
      <header className={styles.header}>
        <div className={styles.words}>
          <div className={styles.bone}>
            <Skeleton width={240} height={18} />
          </div>
          <Skeleton width={320} />
        </div>
      </header>
      <section className={styles.card}>
        <Skeleton height={14} />
        <Skeleton width={480} height={20} />
        <Skeleton width={280} />
      </section>
    </div>
  );
}
