import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Operation } from '../../contract/queue.ts';
import type { Core } from '../../core/context.ts';
import { listOperations } from '../../core/progress.ts';
import { ProgressFeed } from '../../core/progress-feed.ts';
import { EventStream } from '../event-stream.ts';
import { callerOf } from '../request.ts';

const events = Type.Unsafe<unknown>({
  description: 'Server-sent events; data is JSON',
  content: { 'text/event-stream': { schema: Type.String() } },
});

/** `snapshot` once with everything, then `progress` for each operation that changed, within a second. */
export function progressStreamRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    const feed = new ProgressFeed(core);
    const streams = new Set<EventStream>();
    // Otherwise a close would wait for every open page.
    app.addHook('preClose', async () => {
      for (const stream of streams) stream.close();
      feed.close();
    });

    app.get(
      '/queue/progress/stream',
      {
        config: { role: 'viewer' },
        schema: {
          tags: ['queue'],
          summary: 'The same as server-sent events: snapshot, then progress for each operation that changes',
          response: { 200: events },
        },
      },
      async (request, reply) => {
        const { workspaceId } = callerOf(request);
        // Before anything is promised by headers: an error here is still an ordinary answer.
        const items = await listOperations(core, workspaceId);
        let behind = false;
        const unwatch = feed.watch(workspaceId, (operations) => tell(operations));
        const stream = new EventStream(reply, () => {
          streams.delete(stream);
          unwatch();
        });
        streams.add(stream);
        stream.send('snapshot', { items });

        function tell(operations: readonly Operation[]): void {
          if (behind) return;
          const read = operations.map((operation) => stream.send('progress', operation)).every(Boolean);
          if (read) return;
          behind = true;
          stream.onDrain(() => {
            behind = false;
            listOperations(core, workspaceId).then(tell, () => stream.close());
          });
        }
      },
    );
  };
}
