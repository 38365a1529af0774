import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { WebSocket } from '@fastify/websocket';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { StreamQuery } from '../../contract/queue.ts';
import { AlertFeed } from '../../core/alert-feed.ts';
import type { Core } from '../../core/context.ts';
import { ProgressFeed } from '../../core/progress-feed.ts';
import { AppError, messageOf } from '../../errors.ts';
import { EventStream } from '../event-stream.ts';
import { OpenStreams } from '../open-streams.ts';
import { ProgressSocket } from '../progress-socket.ts';
import { ProgressWatcher, readVersion } from '../progress-watcher.ts';
import { callerOf } from '../request.ts';

const tags = ['queue'];
const config = { role: 'viewer' } as const;
const events = Type.Unsafe<unknown>({
  description: 'Server-sent events; data is JSON',
  content: { 'text/event-stream': { schema: Type.String() } },
});

/**
 * Operations as they change, within a second: `snapshot` first, or with the id of the last event only what has changed
 * since, then `progress` for each change and `alert` for each alert that is raised, acknowledged or cleared. As server-sent events and over WebSocket.
 */
export function progressStreamRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    const feed = new ProgressFeed(core);
    const alerts = new AlertFeed(core);
    const streams = new OpenStreams();
    const unsubscribe = core.events.subscribe(({ kind, id }) => kind === 'access' && streams.recheck(id));
    app.addHook('onListen', async () => feed.start());
    // Otherwise a close would wait for every open page.
    app.addHook('preClose', async () => {
      unsubscribe();
      streams.closeAll();
      await Promise.all([feed.close(), alerts.close()]);
    });

    app.get(
      '/queue/progress/stream',
      {
        config,
        schema: {
          tags,
          summary: 'The same as server-sent events: snapshot, then progress for each operation that changes, and alert',
          description:
            'Every `snapshot` and `progress` has an id. A reconnect with `Last-Event-ID` gets what has changed since instead of the snapshot. ' +
            'The data of an `alert` is the alert as `GET /api/alerts` has it, when it is raised (`open`), `acknowledged` or `cleared`; ' +
            'it has no id. After a connect, `GET /api/alerts` has those there are.',
          querystring: StreamQuery,
          response: { 200: events },
        },
      },
      async (request, reply) => {
        const watcher = new ProgressWatcher(feed, alerts, callerOf(request).workspaceId);
        // Before anything is promised by headers: an error here is still an ordinary answer.
        const opening = await watcher.prepare(versionOf(request)).catch((error: unknown) => {
          watcher.close();
          throw error;
        });
        const stream = new EventStream(reply, () => {
          streams.delete(entry);
          watcher.close();
        });
        const entry = {
          beat: () => stream.beat(),
          close: () => stream.close(),
          isAllowed: () => app.isStillAllowed(request),
          openedBy: openerOf(request),
        };
        streams.add(entry);
        watcher.begin(stream, opening);
      },
    );

    app.route({
      method: 'GET',
      url: '/queue/progress/ws',
      config,
      schema: {
        tags,
        summary:
          'The same over WebSocket: {type: "snapshot", items, version}, then {type: "progress", operation, version} and {type: "alert", alert}',
        description:
          'With `lastEventId`, the last `version` received, what has changed since comes instead of the snapshot. ' +
          'Close codes: 1001 the server stops, 4401 the key or session is not valid any more, 1009 a message over 4 KB.',
        querystring: StreamQuery,
        response: { 101: Type.Null({ description: 'Speaks WebSocket from here on' }) },
      },
      handler: async () => {
        throw new AppError(
          'VALIDATION',
          'This address speaks WebSocket and the request does not. Connect with a WebSocket client, or read /api/queue/progress/stream.',
        );
      },
      wsHandler: async (socket, request) => watchOver(socket, request),
    });

    async function watchOver(socket: WebSocket, request: FastifyRequest): Promise<void> {
      const watcher = new ProgressWatcher(feed, alerts, callerOf(request).workspaceId);
      const channel = new ProgressSocket(socket, () => {
        streams.delete(entry);
        watcher.close();
      });
      const entry = {
        beat: () => channel.beat(),
        close: (reason: 'stopping' | 'not-allowed') => channel.close(reason),
        isAllowed: () => app.isStillAllowed(request),
        openedBy: openerOf(request),
      };
      streams.add(entry);
      try {
        watcher.begin(channel, await watcher.prepare(versionOf(request)));
      } catch (error) {
        core.log.warn({ err: messageOf(error) }, 'progress could not be read for a WebSocket');
        channel.close('failed');
      }
    }
  };
}

function versionOf(request: FastifyRequest): number | null {
  return readVersion(request.headers['last-event-id'], (request.query as StreamQuery).lastEventId);
}

function openerOf(request: FastifyRequest): string | null {
  const { userId, apiKeyId } = callerOf(request);
  return userId ?? apiKeyId ?? null;
}
