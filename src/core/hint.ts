import type { JobPayloads, QueueName } from '../queue/jobs.ts';
import type { Core } from './context.ts';

/** Tells a worker that there is work. While the queues are away nobody is told; a sweep finds the work a second later. */
export async function hint<Name extends QueueName>(
  { queues, log }: Pick<Core, 'queues' | 'log'>,
  name: Name,
  payload: JobPayloads[Name],
  count = 1,
): Promise<void> {
  try {
    await queues.enqueue(name, payload, count);
  } catch (error) {
    log.warn({ err: error, queue: name }, 'the queue is away; a sweep makes up for it');
  }
}
