import { useState } from 'react';
import type { PoolStats } from '../../../../../src/contract/workers.ts';
import { type Action, ActionMenu } from '../../../components/action-menu.tsx';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { TimeChart } from '../../../components/chart/time-chart.tsx';
import { Drawing } from '../../../components/drawings.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Figures } from '../../../components/figures.tsx';
import { Moment } from '../../../components/moment.tsx';
import page from '../../../components/page.module.css';
import { PageHead } from '../../../components/page-head.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useIsOperator } from '../../../lib/access.ts';
import { countText, rateText } from '../../../lib/numbers.ts';
import { usePageTitle } from '../../../lib/page-title.ts';
import { useControlWorker } from '../api/control-worker.ts';
import { useWorkers } from '../api/get-workers.ts';
import { useScaleWorkers } from '../api/scale-workers.ts';
import { useSetStartup } from '../api/set-startup.ts';
import { scalingPoints } from '../decision-points.ts';
import { strings } from '../strings.ts';
import { AlertsCard } from './alerts-card.tsx';
import { JobCounts } from './job-counts.tsx';
import { MinutesCard } from './minutes-card.tsx';
import styles from './operations.module.css';
import { PoolSettingsDialog, StopAllDialog } from './pool-dialogs.tsx';
import { ScaleControl } from './scale-control.tsx';
import { SystemCard } from './system-card.tsx';
import { WorkerTable } from './worker-table.tsx';

/** Every process that sends, how many there should be, and why. */
export function WorkersPage() {
  usePageTitle(strings.workers.title);
  const workers = useWorkers();
  const canChange = useIsOperator();
  const stats = workers.data?.stats;
  const words = strings.workers;
  if (workers.isError && !workers.data)
    return <ProblemNote error={workers.error} onRetry={() => void workers.refetch()} />;
  return (
    <div className={page.page}>
      <PageHead title={words.title} lead={words.lead}>
        {stats && canChange ? <Controls stats={stats} /> : null}
      </PageHead>
      {stats ? <Standing stats={stats} /> : null}
      <Card flush>
        {workers.data?.workers.length === 0 ? (
          <EmptyState drawing={<Drawing name="server" />} title={words.empty.title}>
            {words.empty.words}
          </EmptyState>
        ) : (
          <WorkerTable workers={workers.data?.workers} />
        )}
      </Card>
      <div className={page.columns}>
        <MinutesCard />
        {stats ? <ScalingCard stats={stats} /> : null}
      </div>
      <div className={page.columns}>
        <JobCounts />
        <AlertsCard />
        <SystemCard />
      </div>
    </div>
  );
}

function Controls({ stats }: { stats: PoolStats }) {
  const [dialog, setDialog] = useState<'settings' | 'stop' | null>(null);
  const scale = useScaleWorkers();
  const startup = useSetStartup();
  const control = useControlWorker();
  const words = strings.workers;
  const isStopped = stats.state === 'stopped';
  const restart = () => control.mutate({ action: 'restart' }, { onSuccess: () => toasts.say(words.restartingAll) });
  const actions: Action[] = [
    { label: words.settings, icon: 'sliders', onClick: () => setDialog('settings') },
    { label: words.restartAll, icon: 'refresh', disabled: stats.running === 0, onClick: restart },
    ...(isStopped
      ? []
      : [{ label: words.stopAll, icon: 'square' as const, danger: true, onClick: () => setDialog('stop') }]),
  ];
  const error = scale.error ?? startup.error ?? control.error;
  return (
    <>
      {isStopped ? (
        <Button kind="primary" busy={startup.isPending} onClick={() => startup.mutate({ action: 'start' })}>
          {words.startAll}
        </Button>
      ) : null}
      {stats.mode === 'manual' ? (
        <Button kind="quiet" onClick={() => scale.mutate(null)}>
          {words.follow}
        </Button>
      ) : null}
      <ScaleControl stats={stats} scale={scale} />
      <ActionMenu actions={actions} />
      {error ? <ProblemNote error={error} /> : null}
      {dialog === 'settings' ? <PoolSettingsDialog stats={stats} opened onClose={() => setDialog(null)} /> : null}
      <StopAllDialog stats={stats} opened={dialog === 'stop'} onClose={() => setDialog(null)} />
    </>
  );
}

function Standing({ stats }: { stats: PoolStats }) {
  const words = strings.workers;
  const mode = stats.state === 'stopped' ? words.stoppedMode : stats.mode === 'manual' ? words.manual : words.automatic;
  return (
    <Figures
      figures={[
        {
          label: words.figures.running,
          value: <span aria-live="polite">{words.asked({ running: stats.running, desired: stats.desired })}</span>,
          note: mode,
        },
        { label: words.figures.rate, value: rateText(stats.emailsPerSecond) },
        { label: words.figures.minute, value: countText(stats.sentLastMinute) },
        { label: words.figures.depth, value: countText(stats.queueDepth) },
        {
          label: words.figures.target,
          value: countText(stats.targetThroughput),
          note: `${countText(stats.minWorkers)} – ${countText(stats.maxWorkers)}`,
        },
      ]}
    />
  );
}

const DECISIONS_SHOWN = 6;

function ScalingCard({ stats }: { stats: PoolStats }) {
  const words = strings.workers;
  const points = scalingPoints(stats.decisions);
  return (
    <Card title={words.scaling.title}>
      {points.length < 2 ? (
        <p className="muted">{words.noDecisions}</p>
      ) : (
        <TimeChart
          label={words.scaling.title}
          kind="line"
          points={points}
          format={countText}
          whole
          height={160}
          series={[
            { key: 'workers', label: words.scaling.running, color: 'var(--state-sent)' },
            { key: 'desired', label: words.scaling.desired, color: 'var(--state-sending)' },
          ]}
        />
      )}
      <dl className={`${styles.facts} numbers`}>
        {stats.reason === '' ? null : (
          <>
            <dt className="muted">{words.why}</dt>
            <dd>{stats.reason}</dd>
          </>
        )}
        {stats.nodes.length === 0 ? null : <dt className="muted">{words.nodes}</dt>}
        {stats.nodes.map((node) => (
          <dd key={node.id} className={styles.node}>
            {node.host} <span className="mono muted">{node.pid}</span>{' '}
            <span className="muted">
              {words.node({
                running: node.running,
                desired: node.desired,
                min: node.minWorkers,
                max: node.maxWorkers,
              })}
            </span>
          </dd>
        ))}
      </dl>
      {stats.decisions.length === 0 ? null : (
        <div className={styles.lines}>
          <h3>{words.decisions}</h3>
          <ol className={styles.lines}>
            {stats.decisions.slice(0, DECISIONS_SHOWN).map(({ at, workers, desired, reason }) => (
              <li key={at} className={styles.line}>
                <span>
                  {words.decided({ workers, desired })} <span className="muted">{reason}</span>
                </span>
                <span className="muted">
                  <Moment iso={at} />
                </span>
              </li>
            ))}
          </ol>
        </div>
      )}
    </Card>
  );
}
