import { Card } from '../../../components/card.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { useIsOperator } from '../../../lib/access.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useQueues } from '../api/get-queues.ts';
import { strings } from '../strings.ts';
import { CampaignJobsCard } from './campaign-jobs-card.tsx';
import { DepthCard } from './depth-card.tsx';
import { JobsCard } from './jobs-card.tsx';
import { QueueTable } from './queue-table.tsx';

/** What waits, since when, and what can be done about it. */
export function QueuesPage() {
  usePageTitle(strings.queues.title);
  const isOperator = useIsOperator();
  return (
    <div className={page.page}>
      <PageHead title={strings.queues.title} lead={strings.queues.lead} />
      <DepthCard />
      {isOperator ? <Jobs /> : <p className="muted">{strings.operatorsOnly}</p>}
      <CampaignJobsCard />
    </div>
  );
}

function Jobs() {
  const queues = useQueues();
  if (queues.isError && !queues.data) return <ProblemNote error={queues.error} onRetry={() => void queues.refetch()} />;
  return (
    <>
      <Card title={strings.queues.table} flush>
        <QueueTable queues={queues.data} />
      </Card>
      {queues.data ? <JobsCard queues={queues.data} /> : null}
    </>
  );
}
