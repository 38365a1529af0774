import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CreatedWorkspace, NewWorkspace, Workspaces } from '../../contract/workspaces.ts';
import type { Core } from '../../core/context.ts';
import { createWorkspace, listWorkspaces } from '../../core/workspaces.ts';
import { callerOf } from '../request.ts';

const tags = ['workspaces'];

export function workspaceRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/workspaces',
      {
        config: { role: 'viewer' },
        schema: { tags, summary: 'Your workspaces, with your role in each', response: { 200: Workspaces } },
      },
      async (request) => ({ items: await listWorkspaces(core, callerOf(request)) }),
    );

    app.post(
      '/workspaces',
      {
        config: { role: 'viewer' },
        schema: {
          tags,
          summary: 'Make another workspace and own it; for owners. POST /api/auth/workspace goes there',
          body: NewWorkspace,
          response: { 201: CreatedWorkspace },
        },
      },
      async (request, reply) => {
        reply.code(201);
        return createWorkspace(core, callerOf(request), request.body);
      },
    );
  };
}
