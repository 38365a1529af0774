import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { Core } from '../core/context.ts';
import { checkHealth, isReady } from '../core/health.ts';

const Health = Type.Object({
  status: Type.String({ enum: ['ok', 'degraded', 'down'] }),
  database: Type.String({ enum: ['up', 'down'] }),
  redis: Type.String({ enum: ['up', 'down', 'disabled'] }),
  queue: Type.String({ enum: ['up', 'down'] }),
  workers: Type.Integer({ description: 'Worker processes that say they run' }),
  version: Type.String(),
  uptimeSeconds: Type.Integer(),
});
const Alive = Type.Object({ status: Type.String() });

/** For load balancers and people: open to all, and telling nobody more than that. */
export function serveHealth(app: FastifyInstance, core: Core, version: string): void {
  const tags = ['health'];
  app.get('/health', { schema: { tags, response: { 200: Health, 503: Health } } }, async (_request, reply) => {
    const health = await checkHealth(core);
    reply.code(health.status === 'down' ? 503 : 200);
    return { ...health, version, uptimeSeconds: Math.floor(process.uptime()) };
  });
  app.get('/livez', { schema: { tags, response: { 200: Alive } } }, () => ({ status: 'ok' }));
  app.get('/readyz', { schema: { tags, response: { 200: Alive, 503: Alive } } }, async (_request, reply) => {
    const ready = await isReady(core);
    reply.code(ready ? 200 : 503);
    return { status: ready ? 'ok' : 'down' };
  });
}
