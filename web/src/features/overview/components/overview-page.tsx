import { type ReactNode, useContext } from 'react';
import { Link } from 'react-router';
import type { DayCounts, Overview, TroubledDomain } from '../../../../../src/contract/overview.ts';
import type { Operation } from '../../../../../src/contract/queue.ts';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Figures } from '../../../components/figures.tsx';
import { Icon } from '../../../components/icon.tsx';
import { LinkButton } from '../../../components/link-button.tsx';
import { LiveCampaigns } from '../../../components/live-campaigns.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useCan } from '../../../lib/access.ts';
import { TimeZone } from '../../../lib/clock.ts';
import { countText } from '../../../lib/numbers.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useOverview } from '../api/get-overview.ts';
import { strings } from '../strings.ts';
import { FirstSteps } from './first-steps.tsx';
import styles from './overview.module.css';

interface OverviewPageProps {
  readonly running: readonly Operation[];
  /** Cards of other features: what is near a limit, what alerts are open. */
  readonly children: ReactNode;
  readonly mailboxAccountId: string | null;
  readonly hasAccount: boolean;
}

/** What somebody wants to know first. Campaigns, accounts and alerts belong to other features: the app hands them in. */
export function OverviewPage(props: OverviewPageProps) {
  usePageTitle(strings.title);
  const overview = useOverview(useContext(TimeZone));
  const canWrite = useCan('editor');
  return (
    <div className={page.page}>
      <PageHead title={strings.title}>
        {canWrite ? (
          <LinkButton to="/campaigns/new" kind="primary">
            <Icon name="pencil" />
            {strings.newCampaign}
          </LinkButton>
        ) : null}
      </PageHead>
      <Found overview={overview} {...props} />
    </div>
  );
}

function Found({ overview, ...props }: OverviewPageProps & { overview: ReturnType<typeof useOverview> }) {
  if (overview.isError && !overview.data)
    return <ProblemNote error={overview.error} onRetry={() => void overview.refetch()} />;
  if (!overview.data) return <Skeleton height={92} />;
  const { steps } = overview.data;
  if (!steps.campaign)
    return <FirstSteps steps={steps} mailboxAccountId={props.mailboxAccountId} hasAccount={props.hasAccount} />;
  return <Standing overview={overview.data} {...props} />;
}

function Standing({ overview, running, children }: OverviewPageProps & { overview: Overview }) {
  return (
    <>
      <Today overview={overview} />
      <Card
        title={strings.live}
        flush={running.length > 0}
        actions={<Link to="/campaigns">{strings.toCampaigns}</Link>}
      >
        {running.length > 0 ? <LiveCampaigns running={running} /> : <p className="muted">{strings.noLive}</p>}
      </Card>
      <div className={page.columns}>{children}</div>
      <DomainsCard domains={overview.domains} />
    </>
  );
}

function Today({ overview: { today, yesterday } }: { overview: Overview }) {
  const figure = (label: string, of: keyof DayCounts) => ({
    label,
    value: countText(today[of]),
    note: strings.againstYesterday({ byNow: countText(yesterday.byNow[of]), all: countText(yesterday[of]) }),
  });
  return (
    <Figures
      figures={[figure(strings.sent, 'sent'), figure(strings.failed, 'failed'), figure(strings.unknown, 'unknown')]}
    />
  );
}

function DomainsCard({ domains }: { domains: readonly TroubledDomain[] }) {
  return (
    <Card title={strings.domains} flush>
      {domains.length === 0 ? null : (
        <DataTable label={strings.domains} columns={columns()} rows={domains} keyOf={({ domain }) => domain} />
      )}
      <p className={styles.note}>{domains.length === 0 ? strings.noTrouble : strings.domainsNote}</p>
    </Card>
  );
}

function columns(): Array<Column<TroubledDomain>> {
  const words = strings.domainColumns;
  const count = (id: 'failed' | 'deferred' | 'unknown', wide: boolean): Column<TroubledDomain> => ({
    id,
    header: words[id],
    align: 'end',
    width: 112,
    wide,
    cell: (row) => countText(row[id]),
  });
  return [
    { id: 'domain', header: words.domain, width: '22%', cell: ({ domain }) => domain },
    count('failed', false),
    count('deferred', true),
    count('unknown', true),
    {
      id: 'words',
      header: words.words,
      wide: true,
      cell: ({ response }) => <span className="mono muted">{response ?? ''}</span>,
    },
  ];
}
