import type { ReactNode } from 'react';
import type { SystemStatus } from '../../../../../src/contract/queue-admin.ts';
import { Card } from '../../../components/card.tsx';
import { useIsOperator } from '../../../lib/access.ts';
import { countText } from '../../../lib/numbers.ts';
import { usePerformance } from '../api/get-performance.ts';
import { useSystem } from '../api/get-system.ts';
import { strings } from '../strings.ts';
import styles from './operations.module.css';

/** The machine that answers, and for who runs the installation what stands behind it. */
export function SystemCard() {
  const system = usePerformance().data?.system;
  const behind = useSystem(useIsOperator()).data;
  const words = strings.performance;
  const percent = (value: number | undefined) =>
    value === undefined ? '' : words.percent({ value: countText(Math.round(value)) });
  return (
    <Card title={words.system}>
      <dl className={`${styles.facts} numbers`}>
        <Fact label={words.cpu}>{percent(system?.cpu)}</Fact>
        <Fact label={words.memory}>{percent(system?.memory)}</Fact>
        <Fact label={words.jobs}>{system ? countText(system.queueDepth) : ''}</Fact>
        {behind ? <Behind status={behind} /> : null}
      </dl>
    </Card>
  );
}

function Behind({ status }: { status: SystemStatus }) {
  const { database, redis, queue, memory } = status;
  const words = strings.performance;
  const state = (name: string) => words[name as 'up' | 'down' | 'disabled'];
  const answers = (ms: number | null) => (ms === null ? '' : `, ${words.answers({ ms })}`);
  const { total, waiting } = database.connections;
  return (
    <>
      <Fact label={words.database}>
        {state(database.status) + answers(database.latencyMs)}
        <br />
        <span className="muted">{words.connections({ total, waiting })}</span>
      </Fact>
      <Fact label={words.redis}>{state(redis.status) + answers(redis.latencyMs)}</Fact>
      <Fact label={words.backend}>{queue.backend}</Fact>
      <Fact label={words.server}>{words.rss({ rss: memory.rssMb })}</Fact>
    </>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="muted">{label}</dt>
      <dd>{children}</dd>
    </>
  );
}
