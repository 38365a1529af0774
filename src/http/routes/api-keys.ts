import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { ApiKey, CreatedApiKey, NewApiKey } from '../../contract/api-keys.ts';
import { IdParams, Page, PageQuery } from '../../contract/common.ts';
import { createApiKey, listKeys, removeApiKey } from '../../core/api-keys.ts';
import type { Core } from '../../core/context.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['api-keys'];
const admin = { config: { role: 'admin' } } as const;

/** `forget`: called when a key was revoked, so that it stops working in this process at once. */
export function apiKeyRoutes(core: Core, forget: () => void): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/api-keys',
      {
        ...admin,
        schema: { tags, summary: 'Keys, newest first', querystring: PageQuery, response: { 200: Page(ApiKey) } },
      },
      (request) => listKeys(core, callerOf(request), request.query),
    );

    app.post(
      '/api-keys',
      {
        ...admin,
        schema: {
          tags,
          summary: 'Make a key; it is shown this once',
          body: NewApiKey,
          response: { 201: CreatedApiKey },
        },
      },
      async (request, reply) => {
        reply.code(201);
        const { role, scopes = null, expiresAt = null } = request.body;
        request.auditNote.detail = { role, scopes, expiresAt };
        return createApiKey(core, callerOf(request), request.body);
      },
    );

    app.delete(
      '/api-keys/:id',
      {
        config: { role: 'admin', audit: 'api-key.revoked' },
        schema: { tags, summary: 'Revoke a key; it stops working within seconds', params: IdParams, response: nothing },
      },
      async (request, reply) => {
        const { name } = await removeApiKey(core, callerOf(request), request.params.id);
        request.auditNote.name = name;
        forget();
        return reply.code(204).send(null);
      },
    );
  };
}
