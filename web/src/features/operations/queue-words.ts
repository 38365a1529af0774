import type { QueueActionReply } from '../../../../src/contract/queue-admin.ts';
import type { QueueControl } from './api/control-queue.ts';
import { strings } from './strings.ts';

/** What was done, with how many. */
export function doneText(action: QueueControl['action'], reply: QueueActionReply): string {
  const { done } = strings.queues;
  const { queue } = reply;
  switch (action) {
    case 'pause':
      return done.pause({ queue });
    case 'resume':
      return done.resume({ queue });
    case 'retry':
      return done.retry({ count: reply.retried ?? 0 });
    case 'replay':
      return done.replay({ count: reply.replayed ?? 0 });
    case 'clean':
    case 'drain':
    case 'remove':
      return done.removed({ count: reply.removed ?? 0 });
  }
}
