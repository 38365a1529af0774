import { once } from 'node:events';
import { Command } from 'commander';
import { deferred } from '../lib/deferred.ts';
import { startWorkerProcess, type WorkerSettings } from '../main.ts';
import type { FromWorker, ToWorker } from '../workers/worker-child.ts';
import { untilInterrupted } from './run.ts';

/** One worker process: the child of a manager, or on its own where something else looks after processes. */
export function workerCommand(): Command {
  return new Command('worker')
    .description('run one worker, without a manager (needs DATABASE_URL)')
    .action(() => (process.send ? runAsChild() : runAlone()));
}

async function runAlone(): Promise<void> {
  const interrupted = untilInterrupted();
  const asked = deferred();
  const worker = await startWorkerProcess(null, { managerId: null, onAsked: () => asked.resolve() });
  console.log(`Worker ${worker.workerId} works`);
  if (!interrupted.aborted) await Promise.race([asked.promise, once(interrupted, 'abort')]);
  await worker.stop();
}

/** Ctrl-C reaches every process of a terminal: when this one ends is for the manager to say. */
async function runAsChild(): Promise<void> {
  process.on('SIGINT', () => {});
  const stopped = new Promise<void>((resolve) => {
    process.on('message', (message: ToWorker) => {
      if (message.kind === 'stop') resolve();
    });
    process.on('SIGTERM', () => resolve());
    process.on('disconnect', () => resolve()); // the manager is gone
  });
  const start = await new Promise<Extract<ToWorker, { kind: 'start' }>>((resolve) => {
    process.on('message', (message: ToWorker) => {
      if (message.kind === 'start') resolve(message);
    });
  });
  const settings = start.settings as WorkerSettings;
  const worker = await startWorkerProcess(settings, { managerId: start.managerId });
  tell({ kind: 'started', workerId: worker.workerId });
  await stopped;
  await worker.stop();
  process.exit(0);
}

function tell(message: FromWorker): void {
  process.send?.(message);
}
