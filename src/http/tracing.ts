import type { FastifyInstance, FastifyRequest } from 'fastify';
import { endRequestSpan, runWithin, type Span, startRequestSpan } from '../lib/trace.ts';

/** A span a request, named by its route; what the request causes in this process becomes part of it. */
export function traceRequests(app: FastifyInstance): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  app.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const attributes = { 'http.request.method': request.method, 'http.route': route, 'url.path': pathOf(request.url) };
    const { span, within } = startRequestSpan(`${request.method} ${route}`, request.headers, attributes);
    spans.set(request, span);
    runWithin(within, done);
  });
  app.addHook('onResponse', async (request, reply) => {
    const span = spans.get(request);
    if (span) endRequestSpan(span, reply.statusCode);
  });
}

/** Without the query: it may hold what people searched for. */
function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? url;
}
