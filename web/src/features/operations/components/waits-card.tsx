import type { WorkspaceThroughput } from '../../../../../src/contract/throughput.ts';
import { Card } from '../../../components/card.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { countText } from '../../../lib/numbers.ts';
import { durationText } from '../../../lib/times.ts';
import { strings } from '../strings.ts';
import styles from './operations.module.css';

type Waits = WorkspaceThroughput['queuedToSent'];

/** How long messages took from the launch: one bar a stretch of time. */
export function WaitsCard({ waits }: { waits: Waits | undefined }) {
  const words = strings.performance;
  return (
    <Card title={words.waits}>
      {waits ? <Bars waits={waits} /> : <Skeleton height={120} />}
      <p className={styles.note}>{words.waitsNote}</p>
    </Card>
  );
}

function Bars({ waits }: { waits: Waits }) {
  const words = strings.performance;
  if (waits.messages === 0) return <p className="muted">{words.noWaits}</p>;
  return (
    <ol className={styles.bars}>
      {waits.bins.map(({ uptoSeconds, messages }) => (
        <li key={uptoSeconds} className={styles.barLine}>
          <span className="muted">
            {uptoSeconds === null ? words.longer : words.upto({ time: stepText(uptoSeconds) })}
          </span>
          <span className={styles.track} aria-hidden="true">
            <span
              className={styles.fill}
              style={{ width: `${(messages / waits.messages) * 100}%`, display: 'block' }}
            />
          </span>
          <span>{countText(messages)}</span>
        </li>
      ))}
    </ol>
  );
}

/** `15 m` instead of `15 m 0 s`: steps are whole. */
function stepText(seconds: number): string {
  return durationText(seconds).replace(/ 0 [ms]$/, '');
}
