import { Link } from 'react-router';
import { Card } from '../../../components/card.tsx';
import { countText } from '../../../lib/numbers.ts';
import { useCampaignJobs } from '../api/list-campaign-jobs.ts';
import { strings } from '../strings.ts';
import styles from './operations.module.css';

const STATES = ['active', 'waiting', 'delayed', 'paused', 'failed', 'completed', 'cancelled'] as const;

/** Campaigns as jobs: how many there are of each state. */
export function JobCounts() {
  const stats = useCampaignJobs().data?.stats;
  return (
    <Card title={strings.workers.jobs} actions={<Link to="/dashboard/queues">{strings.queues.title}</Link>}>
      <dl className={`${styles.facts} numbers`}>
        {STATES.map((state) => (
          <div key={state} className={styles.barLine}>
            <dt className="muted">{strings.queues.campaigns.states[state]}</dt>
            <dd>{stats ? countText(stats[state]) : ''}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
