import { once } from 'node:events';
import http from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Alert } from '../../src/contract/alerts.ts';
import type { Operation } from '../../src/contract/queue.ts';
import { storeApiKey } from '../../src/core/api-keys.ts';
import type { Core } from '../../src/core/context.ts';
import { openDatabase } from '../../src/db/database.ts';
import type { EventBus } from '../../src/events/bus.ts';
import { PostgresEventBus } from '../../src/events/postgres-bus.ts';
import { buildApp } from '../../src/http/app.ts';
import type { TestCore } from './core.ts';

/** What a subscriber was told: events of a stream, or messages of a WebSocket. */
interface Told {
  readonly kind: string;
  readonly version: number;
  /** Of a snapshot all, else the one that changed. */
  readonly operations: readonly Operation[];
}

export interface Subscriber {
  readonly told: Told[];
  /** In the order of their coming; of a stream only those without an id. */
  readonly alerts: Alert[];
  /** Resolves when the server has ended it; of a WebSocket with the code. */
  readonly ended: Promise<number | null>;
  close(): void;
}

/** An API node of its own on a test's database: own connections, own bus, listening. */
export class ProgressNode {
  readonly core: Core;
  readonly app: FastifyInstance;
  readonly url: string;
  /** Of a viewer. */
  readonly authorization: string;

  static async start(test: TestCore, bus?: EventBus): Promise<ProgressNode> {
    const db = openDatabase(test.database.config, () => {});
    const events = bus ?? new PostgresEventBus(db.pool, test.database.config);
    const core = { ...test.core, db, events };
    const app = await buildApp(core, { webDir: '/nowhere' });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const key = `progress-key-${url}`;
    await storeApiKey(core, { workspaceId: test.caller.workspaceId, name: url, role: 'viewer', key });
    return new ProgressNode(core, app, url, key);
  }

  private constructor(core: Core, app: FastifyInstance, url: string, key: string) {
    this.core = core;
    this.app = app;
    this.url = url;
    this.authorization = `Bearer ${key}`;
  }

  /** Over server-sent events. */
  async listen(headers: Record<string, string> = {}, query = ''): Promise<Subscriber> {
    const request = http.get(`${this.url}/api/queue/progress/stream${query}`, {
      headers: { authorization: this.authorization, ...headers },
    });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    if (response.statusCode !== 200) throw new Error(`The stream answered ${response.statusCode}`);
    const told: Told[] = [];
    const alerts: Alert[] = [];
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const [, id, kind = '', data = ''] = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
        const [, alert] = /^event: alert\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
        text = text.slice(end + 2);
        if (alert !== undefined) alerts.push(JSON.parse(alert));
        if (id !== undefined) told.push(readTold(kind, Number(id), JSON.parse(data)));
      }
    });
    const ended = new Promise<null>((resolve) => {
      response.on('error', () => {});
      response.on('close', () => resolve(null));
    });
    return { told, alerts, ended, close: () => request.destroy() };
  }

  /** Over a WebSocket. Rejects when the handshake is refused. */
  async connect(
    headers: Record<string, string> = { authorization: this.authorization },
    query = '',
  ): Promise<Subscriber & { send(text: string): void; readonly texts: string[] }> {
    const told: Told[] = [];
    const alerts: Alert[] = [];
    const texts: string[] = [];
    let ended: Promise<number> = Promise.resolve(0);
    const socket = await this.app.injectWS(
      `/api/queue/progress/ws${query}`,
      { headers },
      {
        onInit: (ws) => {
          ws.on('message', (data) => {
            texts.push(String(data));
            const { type, version = 0, operation, items, alert } = JSON.parse(String(data));
            if (type === 'alert') alerts.push(alert);
            if (operation ?? items) told.push(readTold(type, version, operation ?? { items }));
          });
          ended = new Promise((resolve) => ws.on('close', (code) => resolve(code)));
        },
      },
    );
    return { told, alerts, texts, ended, close: () => socket.terminate(), send: (text) => socket.send(text) };
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.core.events.close();
    await this.core.db.close();
  }
}

function readTold(kind: string, version: number, data: Operation & { items?: Operation[] }): Told {
  return { kind, version, operations: data.items ?? [data] };
}

/** Every whole percentage at which a subscriber saw an operation, in the order of their coming. */
export function percentsOf({ told }: Subscriber, id: string): number[] {
  const seen = told.flatMap(({ operations }) => operations.filter((operation) => operation.id === id));
  return [...new Set(seen.map(({ progress }) => Math.floor(progress)))];
}
