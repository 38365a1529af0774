import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import type { ApiKeyAuthenticator } from '../core/api-keys.ts';
import type { Core } from '../core/context.ts';
import { MetricsFeed, type MetricsSnapshot } from '../core/metrics.ts';
import { authenticateRequests } from './auth.ts';
import { metricsText } from './metrics-text.ts';
import type { ProcessMetrics } from './process-metrics.ts';

/**
 * GET /metrics for Prometheus. It names accounts: so with an API key it tells of the key's workspace and of the
 * installation, and only where the operator says so (METRICS_PUBLIC) everybody of every workspace.
 */
export function metricsRoutes(core: Core, keys: ApiKeyAuthenticator, measured: ProcessMetrics, isPublic: boolean) {
  return async (app: FastifyInstance) => {
    authenticateRequests(app, core, keys);
    const feed = new MetricsFeed(core);
    const texts = new WeakMap<MetricsSnapshot, Promise<string>>();
    const textOf = (snapshot: MetricsSnapshot) => {
      const text = texts.get(snapshot) ?? metricsText(snapshot);
      texts.set(snapshot, text);
      return text;
    };
    const schema = {
      tags: ['health'],
      summary: 'For Prometheus: with an API key, or for everybody with METRICS_PUBLIC=true',
    };
    app.get('/metrics', { schema, config: { role: isPublic ? 'public' : 'viewer' } }, async (request, reply) => {
      const snapshot = await feed.read(request.caller?.workspaceId ?? null);
      reply.header('content-type', Registry.PROMETHEUS_CONTENT_TYPE);
      return `${await measured.text()}\n${await textOf(snapshot)}`;
    });
  };
}
