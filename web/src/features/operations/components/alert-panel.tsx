import { Drawer } from '@mantine/core';
import { useState } from 'react';
import type { AlertDelivery, AlertDetail } from '../../../../../src/contract/alerts.ts';
import { Moment } from '../../../components/moment.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { useClock } from '../../../lib/clock.ts';
import { withLocalTimes } from '../../../lib/times.ts';
import { kindWord, measuredText } from '../alert-words.ts';
import { useAlert } from '../api/get-alert.ts';
import { strings } from '../strings.ts';
import styles from './operations.module.css';

/** One alert, and what came of telling people about it. Null closes the panel. */
export function AlertPanel({ id, onClose }: { id: string | null; onClose: () => void }) {
  // What was open stays while the panel slides away.
  const [shown, setShown] = useState(id);
  if (id !== null && id !== shown) setShown(id);
  return (
    <Drawer
      opened={id !== null}
      onClose={onClose}
      position="right"
      size={480}
      title={strings.alerts.panel.title}
      closeButtonProps={{ 'aria-label': strings.close }}
    >
      {shown === null ? null : <Loaded id={shown} />}
    </Drawer>
  );
}

function Loaded({ id }: { id: string }) {
  const alert = useAlert(id);
  if (alert.isError) return <ProblemNote error={alert.error} onRetry={() => void alert.refetch()} />;
  return alert.data ? <Told alert={alert.data} /> : <Skeleton height={120} />;
}

function Told({ alert }: { alert: AlertDetail }) {
  const words = strings.alerts;
  const clock = useClock();
  const measured = measuredText(alert);
  const times = [
    [words.columns.raised, alert.raisedAt],
    [words.tabs.acknowledged, alert.acknowledgedAt],
    [words.columns.cleared, alert.clearedAt],
  ] as const;
  return (
    <div className={styles.panel}>
      <section>
        <h3>{kindWord(alert.kind)}</h3>
        <p>{withLocalTimes(alert.message, clock)}</p>
      </section>
      <dl className={`${styles.facts} numbers`}>
        {measured === '' ? null : (
          <>
            <dt className="muted">{words.columns.value}</dt>
            <dd>{measured}</dd>
          </>
        )}
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
      <section>
        <h3>{words.panel.told}</h3>
        {alert.deliveries.length === 0 ? <p className="muted">{words.panel.toldNobody}</p> : null}
        <ul className={styles.lines}>
          {alert.deliveries.map((delivery) => (
            <Delivery key={delivery.id} delivery={delivery} />
          ))}
        </ul>
      </section>
    </div>
  );
}

function Delivery({ delivery }: { delivery: AlertDelivery }) {
  const words = strings.alerts.panel;
  const { state, attempts, channel, event, target, lastError, nextAttemptAt } = delivery;
  const tone = state === 'delivered' ? 'good' : state === 'failed' ? 'bad' : 'busy';
  const word =
    state === 'delivered'
      ? words.delivered
      : state === 'failed'
        ? words.failed({ count: attempts })
        : words.pending({ count: attempts });
  return (
    <li className={styles.panel}>
      <span className={styles.line}>
        <span>
          {words[channel as 'webhook' | 'email']} <span className="mono">{target}</span>
          {', '}
          <span className="muted">{words[event as 'raised' | 'cleared']}</span>
        </span>
        <StatusMark tone={tone} word={word} />
      </span>
      {lastError === null ? null : <pre className={`mono ${styles.payload}`}>{lastError}</pre>}
      {state === 'pending' && nextAttemptAt !== null ? (
        <span className="muted">
          {words.next} <Moment iso={nextAttemptAt} />
        </span>
      ) : null}
    </li>
  );
}
