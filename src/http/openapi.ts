import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../contract/common.ts';

/** OpenAPI 3.1 made from the routes themselves, and a page to browse it. Both are public: they hold no data. */
export async function describeApi(app: FastifyInstance, version: string, baseUrl: string): Promise<void> {
  app.addSchema(Problem);
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/api/') || route.schema?.hide) return;
    route.schema ??= {};
    const answers = (route.schema.response ?? {}) as Record<string, unknown>;
    const problem = { description: 'What happened, what is safe, what to do', $ref: 'Problem#' };
    route.schema.response = { ...answers, '4xx': problem, '5xx': problem };
    if (route.config?.role === 'public') route.schema.security = [];
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Postrider',
        version,
        description:
          'Email campaigns with a ledger that can prove what happened to every recipient. Errors are `application/problem+json` (RFC 9457); every POST takes an `Idempotency-Key`.',
      },
      servers: [{ url: baseUrl }],
      components: {
        securitySchemes: {
          apiKey: { type: 'http', scheme: 'bearer', description: 'An API key' },
          session: { type: 'apiKey', in: 'cookie', name: 'postrider_session', description: "The dashboard's session" },
        },
      },
      security: [{ apiKey: [] }, { session: [] }],
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => String(json.$id ?? `def-${i}`) },
  });
  await app.register(swaggerUi, { routePrefix: '/api/docs', staticCSP: true });
  app.get('/api/openapi.json', { schema: { hide: true }, config: { role: 'public' } }, () => app.swagger());
}
