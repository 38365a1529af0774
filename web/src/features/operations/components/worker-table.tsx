import type { WorkerInfo } from '../../../../../src/contract/workers.ts';
import { ActionMenu } from '../../../components/action-menu.tsx';
import { type Column, DataTable } from '../../../components/data-table.tsx';
import { Moment } from '../../../components/moment.tsx';
import { Sparkline } from '../../../components/sparkline.tsx';
import { StatusMark, type Tone } from '../../../components/status-mark.tsx';
import { Tip } from '../../../components/tip.tsx';
import { toasts } from '../../../components/toast-store.ts';
import { useIsOperator } from '../../../lib/access.ts';
import { ApiError } from '../../../lib/api.ts';
import { countText, rateText, sizeText } from '../../../lib/numbers.ts';
import { useControlWorker } from '../api/control-worker.ts';
import { strings } from '../strings.ts';
import styles from './operations.module.css';

const TONES: Readonly<Record<string, Tone>> = {
  running: 'good',
  silent: 'warning',
  stopping: 'busy',
  stopped: 'quiet',
  dead: 'bad',
};
const STRETCH_SECONDS = 10;

/** One line a process. Who has ended stays for ten minutes, greyed. */
export function WorkerTable({ workers }: { workers: readonly WorkerInfo[] | undefined }) {
  const canChange = useIsOperator();
  return (
    <DataTable
      label={strings.workers.title}
      columns={canChange ? [...columns(), actions] : columns()}
      rows={workers}
      keyOf={({ id }) => id}
      isFaded={hasEnded}
    />
  );
}

function hasEnded({ state }: WorkerInfo): boolean {
  return state === 'dead' || state === 'stopped';
}

function columns(): Array<Column<WorkerInfo>> {
  const words = strings.workers;
  return [
    {
      id: 'process',
      header: words.columns.process,
      width: '18%',
      cell: ({ host, pid }) => (
        <span className={styles.two}>
          <span>{host}</span>
          <span className="mono muted">{pid}</span>
        </span>
      ),
    },
    {
      id: 'state',
      header: words.columns.state,
      width: 112,
      cell: ({ state }) => (
        <StatusMark tone={TONES[state] ?? 'quiet'} word={words.states[state as keyof typeof words.states]} />
      ),
    },
    {
      id: 'heartbeat',
      header: words.columns.heartbeat,
      width: 104,
      wide: true,
      cell: ({ heartbeatAt }) => <Moment iso={heartbeatAt} />,
    },
    { id: 'campaigns', header: words.columns.campaigns, wide: true, cell: worksOn },
    { id: 'rate', header: words.columns.rate, width: 120, wide: true, cell: spark },
    {
      id: 'sent',
      header: words.columns.sent,
      width: 100,
      align: 'end',
      wide: true,
      cell: ({ sentLastMinute }) => countText(sentLastMinute),
    },
    { id: 'memory', header: words.columns.memory, width: 92, align: 'end', cell: memoryOf },
    {
      id: 'busy',
      header: words.columns.busy,
      width: 72,
      align: 'end',
      wide: true,
      cell: (worker) => (hasEnded(worker) ? '' : busyOf(worker)),
    },
  ];
}

const actions: Column<WorkerInfo> = {
  id: 'actions',
  header: '',
  width: 68,
  cell: (worker) => <Actions worker={worker} />,
};

/** A worker that has just begun has told nothing yet. */
function memoryOf({ rssMb }: WorkerInfo): string {
  if (rssMb === 0) return '–';
  return sizeText(rssMb * 1_048_576);
}

function busyOf({ utilization }: WorkerInfo): string {
  return `${Math.round(utilization * 100)} %`;
}

function worksOn(worker: WorkerInfo) {
  const words = strings.workers;
  if (hasEnded(worker)) {
    if (worker.state === 'stopped') return null;
    const said = { memory: memoryOf(worker), busy: busyOf(worker) };
    const held = worker.heldLast.length;
    const text =
      held === 0 ? words.lastWordsIdle(said) : words.lastWords({ ...said, held: words.campaigns({ count: held }) });
    return (
      <Tip label={text}>
        <span>{text}</span>
      </Tip>
    );
  }
  const { length } = worker.currentCampaigns;
  return length === 0 ? <span className="muted">{words.idle}</span> : words.campaigns({ count: length });
}

function spark(worker: WorkerInfo) {
  if (hasEnded(worker)) return null;
  const { recent } = worker;
  const perSecond = (count: number) => rateText(count / STRETCH_SECONDS);
  const label = strings.workers.spark({ rate: perSecond(Math.max(0, ...recent)), now: perSecond(recent.at(-1) ?? 0) });
  return (
    <Tip label={label}>
      <span>
        <Sparkline values={recent} label={label} />
      </span>
    </Tip>
  );
}

function Actions({ worker }: { worker: WorkerInfo }) {
  const control = useControlWorker();
  const words = strings.workers;
  const { id, pid, state } = worker;
  if (state !== 'running' && state !== 'silent') return null;
  const ask = (action: 'restart' | 'stop', said: string) =>
    control.mutate(
      { action, workerId: id },
      {
        onSuccess: () => toasts.say(said),
        onError: (error) => toasts.say(error instanceof ApiError ? error.message : String(error)),
      },
    );
  return (
    <span className={styles.process}>
      <ActionMenu
        label={words.actionsFor({ pid: String(pid) })}
        actions={[
          {
            label: words.restart,
            icon: 'refresh',
            onClick: () => ask('restart', words.restarting({ pid: String(pid) })),
          },
          { label: words.stop, icon: 'square', onClick: () => ask('stop', words.stopping({ pid: String(pid) })) },
        ]}
      />
    </span>
  );
}
