import { Drawer } from '@mantine/core';
import { useState } from 'react';
import type { QueueJob } from '../../../../../src/contract/queue-admin.ts';
import { Moment } from '../../../components/moment.tsx';
import { countText } from '../../../lib/numbers.ts';
import { strings } from '../strings.ts';
import styles from './operations.module.css';

/** What a job carries and what became of it, whole. Null closes the panel. */
export function JobPanel({ job, onClose }: { job: QueueJob | null; onClose: () => void }) {
  // What was open stays while the panel slides away.
  const [shown, setShown] = useState(job);
  if (job !== null && job !== shown) setShown(job);
  const words = strings.queues.panel;
  return (
    <Drawer
      opened={job !== null}
      onClose={onClose}
      position="right"
      size={480}
      title={shown ? words.title({ id: shown.jobId }) : ''}
      closeButtonProps={{ 'aria-label': strings.close }}
    >
      {shown ? <Told job={shown} /> : null}
    </Drawer>
  );
}

function Told({ job }: { job: QueueJob }) {
  const words = strings.queues.panel;
  const times = [
    [words.created, job.createdAt],
    [words.due, job.dueAt],
    [words.started, job.startedAt],
    [words.finished, job.finishedAt],
  ] as const;
  return (
    <div className={styles.panel}>
      <dl className={`${styles.facts} numbers`}>
        <dt className="muted">{words.attempts}</dt>
        <dd>{countText(job.attempts)}</dd>
        <dt className="muted">{words.priority}</dt>
        <dd>{countText(job.priority)}</dd>
        {times.map(([label, iso]) =>
          iso === null ? null : (
            <div key={label} className={styles.barLine}>
              <dt className="muted">{label}</dt>
              <dd>
                <Moment iso={iso} />
              </dd>
            </div>
          ),
        )}
      </dl>
      {job.error === null ? null : (
        <section>
          <h3>{words.error}</h3>
          <pre className={`mono ${styles.payload}`}>{job.error}</pre>
        </section>
      )}
      <section>
        <h3>{words.payload}</h3>
        <pre className={`mono ${styles.payload}`}>{JSON.stringify(job.payload, null, 2)}</pre>
      </section>
    </div>
  );
}
