import { useState } from 'react';
import { Link } from 'react-router';
import type { QueueStats } from '../../../../../src/contract/queue-admin.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { FormDialog } from '../../../components/dialog.tsx';
import { Moment } from '../../../components/moment.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { ApiError } from '../../../lib/api.ts';
import { countText } from '../../../lib/numbers.ts';
import { millisText } from '../../../lib/times.ts';
import { type QueueControl, useControlQueue } from '../api/control-queue.ts';
import { doneText } from '../queue-words.ts';
import { strings } from '../strings.ts';
import styles from './operations.module.css';

/** Every queue with its depth, its oldest job and how long jobs take. */
export function QueueTable({ queues }: { queues: readonly QueueStats[] | undefined }) {
  return <DataTable label={strings.queues.table} columns={columns()} rows={queues} keyOf={({ name }) => name} />;
}

function columns(): Array<Column<QueueStats>> {
  const words = strings.queues;
  const count = (id: 'active' | 'delayed' | 'failed', wide: boolean): Column<QueueStats> => ({
    id,
    header: words.columns[id],
    align: 'end',
    width: 84,
    wide,
    cell: ({ name, counts }) =>
      counts[id] === 0 ? (
        <span className="muted">0</span>
      ) : (
        <Link to={jobsPath(name, id)}>{countText(counts[id])}</Link>
      ),
  });
  return [
    { id: 'name', header: words.columns.name, cell: nameOf },
    {
      id: 'state',
      header: words.columns.state,
      width: 112,
      wide: true,
      cell: ({ paused }) => (
        <StatusMark
          tone={paused ? 'warning' : 'good'}
          word={paused ? words.paused : words.running}
          {...(paused ? { icon: 'pause' as const } : {})}
        />
      ),
    },
    {
      id: 'waiting',
      header: words.columns.waiting,
      align: 'end',
      width: 84,
      cell: ({ counts }) => countText(counts.waiting + counts.paused),
    },
    count('active', true),
    count('delayed', true),
    count('failed', true),
    {
      id: 'oldest',
      header: words.columns.oldest,
      width: 110,
      wide: true,
      cell: ({ oldestWaitingAt }) => (oldestWaitingAt === null ? '' : <Moment iso={oldestWaitingAt} />),
    },
    { id: 'time', header: words.columns.time, width: 152, wide: true, cell: timesOf },
    { id: 'minute', header: words.columns.minute, wide: true, cell: minuteOf },
    { id: 'more', header: '', width: 68, cell: (queue) => <QueueActions queue={queue} /> },
  ];
}

/** A phone has no room for a column of states: there only what is paused says so. */
function nameOf({ name, paused }: QueueStats) {
  return (
    <>
      <Link to={jobsPath(name, '')}>{name}</Link>
      {paused ? <span className={styles.narrow}> {strings.queues.paused}</span> : null}
    </>
  );
}

function jobsPath(queue: string, state: string): string {
  return `?${new URLSearchParams({ queue, ...(state === '' ? {} : { state }) })}`;
}

function timesOf({ processingMs: { p50, p95 } }: QueueStats) {
  if (p50 === null || p95 === null) return '';
  return strings.queues.takes({ p50: millisText(p50), p95: millisText(p95) });
}

function minuteOf({ completedLastMinute: done, failedLastMinute: failed }: QueueStats) {
  if (done + failed === 0) return '';
  return failed === 0 ? strings.queues.perMinute({ done }) : strings.queues.perMinuteFailed({ done, failed });
}

function QueueActions({ queue }: { queue: QueueStats }) {
  const [asking, setAsking] = useState<'clean' | 'drain' | null>(null);
  const control = useControlQueue();
  const words = strings.queues;
  const { name, paused, counts } = queue;
  const act = (action: QueueControl['action']) =>
    control.mutate(
      { action, queue: name },
      {
        onSuccess: (reply) => {
          setAsking(null);
          toasts.say(doneText(action, reply));
        },
        onError: (error) => {
          if (asking === null) toasts.say(error instanceof ApiError ? error.message : String(error));
        },
      },
    );
  const ended = counts.completed + counts.failed;
  const untaken = counts.waiting + counts.paused + counts.delayed;
  const isDead = name === 'dead-letter';
  return (
    <>
      <ActionMenu
        label={words.actionsFor({ name })}
        actions={[
          paused
            ? { label: words.resume, icon: 'play', onClick: () => act('resume') }
            : { label: words.pause, icon: 'pause', onClick: () => act('pause') },
          isDead
            ? { label: words.replayAll, icon: 'refresh', disabled: untaken === 0, onClick: () => act('replay') }
            : { label: words.retryAll, icon: 'refresh', disabled: counts.failed === 0, onClick: () => act('retry') },
          { label: words.clean, icon: 'trash', danger: true, disabled: ended === 0, onClick: () => setAsking('clean') },
          {
            label: words.drain,
            icon: 'trash',
            danger: true,
            disabled: untaken === 0,
            onClick: () => setAsking('drain'),
          },
        ]}
      />
      <FormDialog
        opened={asking !== null}
        onClose={() => setAsking(null)}
        title={asking === 'drain' ? words.ask.drain({ queue: name }) : words.ask.clean({ queue: name })}
        submit={
          asking === 'drain' ? words.ask.drainSubmit({ count: untaken }) : words.ask.cleanSubmit({ count: ended })
        }
        kind="danger"
        busy={control.isPending}
        error={control.error}
        onSubmit={() => asking && act(asking)}
      >
        <p>{asking === 'drain' ? words.ask.drainWords({ count: untaken }) : words.ask.cleanWords({ count: ended })}</p>
      </FormDialog>
    </>
  );
}
