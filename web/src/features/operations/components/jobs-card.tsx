import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import type { QueueJob, QueueStats } from '../../../../../src/contract/queue-admin.ts';
import { type Action, ActionMenu } from '../../../components/action-menu.tsx';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { FormDialog } from '../../../components/dialog.tsx';
import { Drawing } from '../../../components/drawings.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { FilterTabs } from '../../../components/filter-tabs.tsx';
import { Moment } from '../../../components/moment.tsx';
import { ProblemNote } from '../../../components/problem-note.tsx';
import { StatusMark, type Tone } from '../../../components/status-mark.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { ApiError } from '../../../lib/api.ts';
import { countText } from '../../../lib/numbers.ts';
import { useControlQueue } from '../api/control-queue.ts';
import { JOBS_A_PAGE, useJobs } from '../api/list-jobs.ts';
import { doneText } from '../queue-words.ts';
import { strings } from '../strings.ts';
import { JobPanel } from './job-panel.tsx';
import styles from './operations.module.css';

const STATES = ['waiting', 'active', 'delayed', 'failed', 'completed', 'paused'] as const;
type JobState = (typeof STATES)[number];
const TONES: Readonly<Record<string, Tone>> = {
  completed: 'good',
  active: 'busy',
  waiting: 'quiet',
  delayed: 'quiet',
  failed: 'bad',
  paused: 'warning',
};

/** The jobs of one queue; which queue, state and page stands in the address. */
export function JobsCard({ queues }: { queues: readonly QueueStats[] }) {
  const [params, setParams] = useSearchParams();
  const queue = queues.find(({ name }) => name === params.get('queue')) ?? queues[0];
  const state = STATES.find((each) => each === params.get('state')) ?? '';
  const start = Math.max(0, Number(params.get('start')) || 0);
  const words = strings.queues;
  if (!queue) return null;
  const pathOf = (change: { queue?: string; state?: string; start?: number }) => {
    const next = { queue: queue.name, state, start: 0, ...change };
    const pairs = Object.entries(next).filter(([, value]) => value !== '' && value !== 0);
    return `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}`;
  };
  const all = STATES.reduce((sum, each) => sum + queue.counts[each], 0);
  const tabs = [
    { id: 'all', label: words.jobStates.all, count: all, to: pathOf({ state: '' }) },
    ...STATES.map((each) => ({
      id: each,
      label: words.jobStates[each],
      count: queue.counts[each],
      to: pathOf({ state: each }),
    })),
  ];
  return (
    <Card
      title={words.jobs({ queue: queue.name })}
      flush
      actions={
        <NativeSelect
          size="xs"
          aria-label={words.chooseQueue}
          value={queue.name}
          data={queues.map(({ name }) => name)}
          onChange={(event) => setParams(new URLSearchParams(pathOf({ queue: event.currentTarget.value, state: '' })))}
        />
      }
    >
      <div className={styles.padded}>
        <FilterTabs label={words.jobs({ queue: queue.name })} tabs={tabs} current={state === '' ? 'all' : state} />
      </div>
      <Jobs queue={queue.name} state={state} start={start} pathOf={(at) => pathOf({ start: at })} />
    </Card>
  );
}

interface JobsProps {
  readonly queue: string;
  readonly state: JobState | '';
  readonly start: number;
  readonly pathOf: (start: number) => string;
}

function Jobs({ queue, state, start, pathOf }: JobsProps) {
  const jobs = useJobs({ queue, state, start });
  const [, setParams] = useSearchParams();
  const [openId, setOpenId] = useState<string | null>(null);
  const words = strings.queues;
  if (jobs.isError) return <ProblemNote error={jobs.error} onRetry={() => void jobs.refetch()} />;
  if (jobs.data?.length === 0 && start === 0) {
    return (
      <EmptyState drawing={<Drawing name="queue" />} title={words.noJobs.title}>
        {words.noJobs.words}
      </EmptyState>
    );
  }
  const turn = (at: number) => setParams(new URLSearchParams(pathOf(at)));
  const hasOlder = (jobs.data?.length ?? 0) === JOBS_A_PAGE;
  return (
    <>
      <DataTable
        label={words.jobs({ queue })}
        columns={columnsOf(setOpenId)}
        rows={jobs.data}
        keyOf={({ jobId }) => jobId}
      />
      {start > 0 || hasOlder ? (
        <div className={styles.paging}>
          <Button disabled={start === 0} onClick={() => turn(Math.max(0, start - JOBS_A_PAGE))}>
            {words.newer}
          </Button>
          <Button disabled={!hasOlder} onClick={() => turn(start + JOBS_A_PAGE)}>
            {words.older}
          </Button>
        </div>
      ) : null}
      <JobPanel job={jobs.data?.find(({ jobId }) => jobId === openId) ?? null} onClose={() => setOpenId(null)} />
    </>
  );
}

function columnsOf(onOpen: (id: string) => void): Array<Column<QueueJob>> {
  const words = strings.queues;
  return [
    {
      id: 'id',
      header: words.jobColumns.id,
      width: '22%',
      cell: ({ jobId }) => (
        <button type="button" className={`mono ${styles.rowButton}`} onClick={() => onOpen(jobId)}>
          {jobId}
        </button>
      ),
    },
    {
      id: 'state',
      header: words.jobColumns.state,
      width: 116,
      cell: ({ state }) => (
        <StatusMark tone={TONES[state] ?? 'quiet'} word={words.jobStates[state as JobState].toLocaleLowerCase()} />
      ),
    },
    {
      id: 'attempts',
      header: words.jobColumns.attempts,
      width: 84,
      align: 'end',
      wide: true,
      cell: ({ attempts }) => countText(attempts),
    },
    {
      id: 'created',
      header: words.jobColumns.created,
      width: 110,
      wide: true,
      cell: ({ createdAt }) => <Moment iso={createdAt} />,
    },
    {
      id: 'payload',
      header: words.jobColumns.payload,
      wide: true,
      cell: ({ payload }) => <span className="mono muted">{JSON.stringify(payload)}</span>,
    },
    { id: 'error', header: words.jobColumns.error, wide: true, cell: ({ error }) => error ?? '' },
    { id: 'more', header: '', width: 68, cell: (job) => <JobActions job={job} /> },
  ];
}

function JobActions({ job }: { job: QueueJob }) {
  const [isAsking, setAsking] = useState(false);
  const control = useControlQueue();
  const words = strings.queues;
  const { jobId, queue, state } = job;
  const act = (action: 'retry' | 'replay' | 'remove') =>
    control.mutate(
      { action, queue, jobId },
      {
        onSuccess: (reply) => {
          setAsking(false);
          toasts.say(doneText(action, reply));
        },
        onError: (error) => {
          if (action !== 'remove') toasts.say(error instanceof ApiError ? error.message : String(error));
        },
      },
    );
  const actions: Action[] = [
    ...(state === 'failed' ? [{ label: words.retry, icon: 'refresh' as const, onClick: () => act('retry') }] : []),
    ...(queue === 'dead-letter'
      ? [{ label: words.replay, icon: 'refresh' as const, onClick: () => act('replay') }]
      : []),
    {
      label: words.remove,
      icon: 'trash',
      danger: true,
      disabled: state === 'active',
      onClick: () => setAsking(true),
    },
  ];
  return (
    <>
      <ActionMenu label={words.jobActions({ id: jobId })} actions={actions} />
      <FormDialog
        opened={isAsking}
        onClose={() => setAsking(false)}
        title={words.ask.remove}
        submit={words.ask.removeSubmit}
        kind="danger"
        busy={control.isPending}
        error={control.error}
        onSubmit={() => act('remove')}
      >
        <p>{words.ask.removeWords({ id: jobId, queue })}</p>
      </FormDialog>
    </>
  );
}
