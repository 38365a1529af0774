import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams, Page, PageQuery } from '../../contract/common.ts';
import {
  WorkspaceUser,
  WorkspaceUserChange,
  WorkspaceUserCounts,
  WorkspaceUserParams,
} from '../../contract/workspace-users.ts';
import type { Core } from '../../core/context.ts';
import {
  limitWorkspaceUser,
  listWorkspaceUsers,
  pauseWorkspaceUser,
  resumeWorkspaceUser,
  syncWorkspaceUsers,
} from '../../core/workspace-users.ts';
import { callerOf } from '../request.ts';

const tags = ['accounts'];
const read = { config: { role: 'viewer' } } as const;
const write = { config: { role: 'admin' } } as const;
const one = { tags, params: WorkspaceUserParams, response: { 200: WorkspaceUser } };

/** The users of a Google Workspace, as whom an account of type gmail sends. */
export function workspaceUserRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/accounts/:id/users',
      {
        ...read,
        schema: {
          tags,
          summary: 'The users that a gmail account sends as, with what each has sent',
          params: IdParams,
          querystring: PageQuery,
          response: { 200: Page(WorkspaceUser) },
        },
      },
      (request) => listWorkspaceUsers(core, callerOf(request), request.params.id, request.query),
    );

    app.post(
      '/accounts/:id/users/sync',
      {
        ...write,
        schema: {
          tags,
          summary: 'Read the users from the directory now; otherwise that happens once a day',
          params: IdParams,
          response: { 200: WorkspaceUserCounts },
        },
      },
      (request) => syncWorkspaceUsers(core, callerOf(request), request.params.id),
    );

    app.patch(
      '/accounts/:id/users/:userId',
      { ...write, schema: { ...one, summary: 'Set the daily limit of one user', body: WorkspaceUserChange } },
      (request) => limitWorkspaceUser(core, callerOf(request), request.params.id, request.params.userId, request.body),
    );

    app.post(
      '/accounts/:id/users/:userId/pause',
      { ...write, schema: { ...one, summary: 'Send nothing more as this user; the others go on' } },
      (request) => pauseWorkspaceUser(core, callerOf(request), request.params.id, request.params.userId),
    );

    app.post(
      '/accounts/:id/users/:userId/resume',
      { ...write, schema: { ...one, summary: 'Send as this user again, and end his rest' } },
      (request) => resumeWorkspaceUser(core, callerOf(request), request.params.id, request.params.userId),
    );
  };
}
