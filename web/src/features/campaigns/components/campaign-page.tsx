import { useParams, useSearchParams } from 'react-router';
import type { CampaignDetail } from '../../../../../src/contract/campaigns.ts';
import { type CampaignState, RECIPIENT_STATES, type RecipientState } from '../../../../../src/contract/states.ts';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useCampaign } from '../api/get-campaign.ts';
import { useCampaignStatus } from '../api/get-campaign-status.ts';
import { strings } from '../strings.ts';
import { CampaignActions } from './campaign-actions.tsx';
import styles from './campaign-page.module.css';
import { CampaignStateMark } from './campaign-state-mark.tsx';
import { LedgerFilter } from './ledger-filter.tsx';
import { Rates } from './rates.tsx';
import { Recipients } from './recipients.tsx';

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
  const [params, setParams] = useSearchParams();
  const state = RECIPIENT_STATES.find((each) => each === params.get('state')) ?? null;
  const email = params.get('email') ?? '';
  const show = (next: { state: RecipientState | null; email: string }) =>
    setParams(
      { ...(next.state ? { state: next.state } : {}), ...(next.email ? { email: next.email } : {}) },
      { replace: true },
    );
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
          </p>
        </div>
        <CampaignActions campaign={campaign} />
      </header>
      <section className={styles.card} aria-label={strings.detail.ledger}>
        <LedgerFilter counts={campaign.counts} state={state} onPick={(picked) => show({ state: picked, email })} />
        <Rates campaign={campaign} status={status.data} />
      </section>
      <Recipients
        campaign={campaign}
        accountNames={accountNames}
        filter={{ state, email }}
        onEmail={(text) => show({ state, email: text })}
      />
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
