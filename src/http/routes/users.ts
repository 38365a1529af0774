import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams, Page, PageQuery } from '../../contract/common.ts';
import { CreatedUser, NewUser, User, UserChange } from '../../contract/users.ts';
import type { Core } from '../../core/context.ts';
import { changeRole, createUser, getUser, listUsers, removeMember } from '../../core/users.ts';
import { nothing } from '../replies.ts';
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
        Object.assign(request.auditNote, { name: request.body.email, detail: { role: request.body.role } });
        return createUser(core, callerOf(request), request.body);
      },
    );

    app.get(
      '/users/:id',
      { ...admin, schema: { tags, summary: 'One person', params: IdParams, response: { 200: User } } },
      (request) => getUser(core, callerOf(request), request.params.id),
    );

    app.patch(
      '/users/:id',
      {
        config: { role: 'admin', audit: 'user.role-changed' },
        schema: {
          tags,
          summary: 'Give somebody another role; their sessions here end. One owner is left',
          params: IdParams,
          body: UserChange,
          response: { 200: User },
        },
      },
      async (request) => {
        const user = await changeRole(core, callerOf(request), request.params.id, request.body.role);
        Object.assign(request.auditNote, { name: user.email, detail: { role: user.role } });
        return user;
      },
    );

    app.delete(
      '/users/:id',
      {
        config: { role: 'admin', audit: 'user.removed' },
        schema: {
          tags,
          summary: 'Take somebody out of the workspace; their account stays. One owner is left',
          params: IdParams,
          response: nothing,
        },
      },
      async (request, reply) => {
        const { email } = await removeMember(core, callerOf(request), request.params.id);
        request.auditNote.name = email;
        return reply.code(204).send(null);
      },
    );
  };
}
