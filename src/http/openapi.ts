import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { Problem } from '../contract/common.ts';
import { scopeOf } from '../domain/scopes.ts';
import { onlyAsks } from './request.ts';

/** OpenAPI 3.1 made from the routes themselves, and a page to browse it. Both are public: they hold no data. */
export async function describeApi(app: FastifyInstance, version: string, baseUrl: string): Promise<void> {
  app.addSchema(Problem);
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/api/') || route.schema?.hide) return;
    route.schema ??= {};
    const answers = (route.schema.response ?? {}) as Record<string, unknown>;
    const problem = { description: 'What happened, what is safe, what to do', $ref: 'Problem#' };
    route.schema.response = { ...answers, '4xx': problem, '5xx': problem };
    Object.assign(route.schema, accessOf(route));
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Postrider',
        version,
        description:
          'Email campaigns with a ledger that can prove what happened to every recipient. Errors are `application/problem+json` (RFC 9457); every POST takes an `Idempotency-Key`. `x-role` is the least role a route asks for; of an API key that was made with scopes, the one in its security requirement as well.',
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

/** Which role and, for keys that are narrowed, which scope a route asks for (OpenAPI 3.1, Security Requirement Object). */
function accessOf({ config, schema, method, url }: RouteOptions): object {
  const { role = 'owner', scope } = config ?? {};
  if (role === 'public') return { security: [] };
  const tags = schema?.tags ?? [];
  const asks = onlyAsks({ method: String(method), config: config ?? {}, tags });
  const wanted = scope === 'any' ? null : scopeOf({ url, tags, onlyAsks: asks });
  const closed = wanted === null && scope !== 'any';
  return {
    security: [{ apiKey: wanted === null ? [] : [wanted] }, { session: [] }],
    'x-role': role,
    ...(closed ? { 'x-closed-to-scoped-keys': true } : {}),
  };
}
