import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Core } from '../core/context.ts';

const REQUEST_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What this process knows by itself: its requests, memory, event loop and connections to the database. */
export class ProcessMetrics {
  readonly #registry = new Registry();

  constructor(pool: Core['db']['pool']) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    new Gauge({
      name: 'postrider_db_pool_connections',
      help: 'Connections of this process to the database, and requests that wait for one',
      labelNames: ['state'],
      registers,
      collect() {
        this.set({ state: 'total' }, pool.totalCount);
        this.set({ state: 'idle' }, pool.idleCount);
        this.set({ state: 'waiting' }, pool.waitingCount);
      },
    });
  }

  /** Times every request of routes that are added from now on, by route and not by address: ids would be without number. */
  watch(app: FastifyInstance): void {
    const durations = new Histogram({
      name: 'postrider_http_request_duration_seconds',
      help: 'From the request to the end of its answer, by this process',
      labelNames: ['method', 'route', 'status'],
      buckets: REQUEST_BUCKETS_SECONDS,
      registers: [this.#registry],
    });
    app.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url ?? 'none';
      durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    });
    app.addHook('onClose', async () => this.#registry.clear());
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
