import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import type { EmailJob } from '../../../../../src/contract/email-jobs.ts';
import { type Action, ActionMenu } from '../../../components/action-menu.tsx';
import { Card } from '../../../components/card.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { FormDialog } from '../../../components/dialog.tsx';
import { StatusMark, type Tone } from '../../../components/status-mark.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useCan } from '../../../lib/access.ts';
import { ApiError } from '../../../lib/api.ts';
import { countText } from '../../../lib/numbers.ts';
import { useControlCampaignJob } from '../api/control-campaign-job.ts';
import { useCampaignJobs } from '../api/list-campaign-jobs.ts';
import { strings } from '../strings.ts';
import styles from './operations.module.css';

const TONES: Readonly<Record<string, Tone>> = {
  active: 'busy',
  waiting: 'quiet',
  completed: 'good',
  failed: 'bad',
  delayed: 'quiet',
  paused: 'warning',
  cancelled: 'quiet',
};

/** Campaigns as those who run the machine see them: what can be tried again, cancelled, moved or taken off the list. */
export function CampaignJobsCard() {
  const jobs = useCampaignJobs().data?.jobs;
  const canChange = useCan('editor');
  const words = strings.queues.campaigns;
  return (
    <Card title={words.title} flush>
      {jobs?.length === 0 ? (
        <p className={`muted ${styles.padded}`}>{words.none}</p>
      ) : (
        <DataTable
          label={words.title}
          columns={canChange ? [...columns(), actions] : columns()}
          rows={jobs}
          keyOf={({ jobId }) => jobId}
        />
      )}
    </Card>
  );
}

function columns(): Array<Column<EmailJob>> {
  const words = strings.queues.campaigns;
  return [
    {
      id: 'name',
      header: words.columns.name,
      cell: ({ campaignId, name }) => <Link to={`/campaigns/${campaignId}`}>{name}</Link>,
    },
    {
      id: 'state',
      header: words.columns.state,
      width: 116,
      cell: ({ state }) => (
        <StatusMark tone={TONES[state] ?? 'quiet'} word={words.states[state as keyof typeof words.states]} />
      ),
    },
    {
      id: 'progress',
      header: words.columns.progress,
      width: 72,
      align: 'end',
      wide: true,
      cell: ({ progress }) => strings.performance.percent({ value: Math.floor(progress) }),
    },
    {
      id: 'priority',
      header: words.columns.priority,
      width: 84,
      align: 'end',
      wide: true,
      cell: ({ priority }) => countText(priority),
    },
    { id: 'error', header: words.columns.error, wide: true, cell: ({ error }) => error ?? '' },
  ];
}

const actions: Column<EmailJob> = { id: 'more', header: '', width: 68, cell: (job) => <JobActions job={job} /> };

function JobActions({ job }: { job: EmailJob }) {
  const [dialog, setDialog] = useState<'cancel' | 'reschedule' | null>(null);
  const [at, setAt] = useState('');
  const control = useControlCampaignJob();
  const words = strings.queues.campaigns;
  const { jobId, name, state } = job;
  const settle = (said: string) => {
    setDialog(null);
    toasts.say(said);
  };
  const tell = (error: Error) => toasts.say(error instanceof ApiError ? error.message : String(error));
  const hasEnded = ['completed', 'failed', 'cancelled'].includes(state);
  const retry = () =>
    control.mutate(
      { action: 'retry', jobId },
      { onSuccess: (moved) => settle(words.retried({ count: moved?.retried ?? 0 })), onError: tell },
    );
  const remove = () =>
    control.mutate({ action: 'remove', jobId }, { onSuccess: () => settle(words.removed({ name })), onError: tell });
  const list: Action[] = [
    ...(state === 'completed' || state === 'failed'
      ? [{ label: words.retry, icon: 'refresh' as const, onClick: retry }]
      : []),
    ...(state === 'delayed'
      ? [{ label: words.reschedule, icon: 'clock' as const, onClick: () => setDialog('reschedule') }]
      : []),
    ...(hasEnded ? [{ label: words.remove, icon: 'trash' as const, onClick: remove }] : []),
    ...(state === 'cancelled' || state === 'completed'
      ? []
      : [{ label: words.cancel, icon: 'cross' as const, danger: true, onClick: () => setDialog('cancel') }]),
  ];
  return (
    <>
      <ActionMenu label={words.actionsFor({ name })} actions={list} />
      <FormDialog
        opened={dialog === 'cancel'}
        onClose={() => setDialog(null)}
        title={words.cancelTitle({ name })}
        submit={words.cancelSubmit}
        kind="danger"
        busy={control.isPending}
        error={control.error}
        onSubmit={() =>
          control.mutate({ action: 'cancel', jobId }, { onSuccess: () => settle(words.cancelled({ name })) })
        }
      >
        <p>{words.cancelWords}</p>
      </FormDialog>
      <FormDialog
        opened={dialog === 'reschedule'}
        onClose={() => setDialog(null)}
        title={`${words.reschedule}: ${name}`}
        submit={words.rescheduleSubmit}
        busy={control.isPending}
        error={control.error}
        disabled={at === ''}
        onSubmit={() =>
          control.mutate(
            { action: 'reschedule', jobId, at: new Date(at).toISOString() },
            { onSuccess: () => settle(words.rescheduled({ name })) },
          )
        }
      >
        <TextInput
          type="datetime-local"
          label={words.when}
          required
          data-autofocus
          value={at}
          onChange={(event) => setAt(event.currentTarget.value)}
        />
      </FormDialog>
    </>
  );
}
