import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams, Page, PageQuery } from '../../contract/common.ts';
import { CreatedUser, NewUser, User } from '../../contract/users.ts';
import type { Core } from '../../core/context.ts';
import { createUser, getUser, listUsers } from '../../core/users.ts';
import { callerOf } from '../request.ts';

const tags = ['users'];
const admin = { config: { role: 'admin' } } as const;

export function userRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/users',
      {
        ...admin,
        schema: { tags, summary: 'People of this workspace', querystring: PageQuery, response: { 200: Page(User) } },
      },
      (request) => listUsers(core, callerOf(request), request.query),
    );

    app.post(
      '/users',
      {
        ...admin,
        schema: { tags, summary: 'Make an account for a person', body: NewUser, response: { 201: CreatedUser } },
      },
      async (request, reply) => {
        reply.code(201);
        return createUser(core, callerOf(request), request.body);
      },
    );

    app.get(
      '/users/:id',
      { ...admin, schema: { tags, summary: 'One person', params: IdParams, response: { 200: User } } },
      (request) => getUser(core, callerOf(request), request.params.id),
    );
  };
}
