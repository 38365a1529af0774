import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Me, Sessions, SessionsEnded, WorkspaceSwitch } from '../../contract/auth.ts';
import { IdParams } from '../../contract/common.ts';
import { describeCaller } from '../../core/me.ts';
import { endOtherSessions, endSession, listOwnSessions, switchWorkspace } from '../../core/sessions.ts';
import type { AuthParts } from '../auth-parts.ts';
import { nothing } from '../replies.ts';
import { callerOf, personWho } from '../request.ts';
import { setSessionCookie } from '../session-cookie.ts';

const tags = ['auth'];

/** Where one is logged in, and in which workspace. */
export function authSessionRoutes({ core }: AuthParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/auth/sessions',
      {
        config: { role: 'viewer' },
        schema: { tags, summary: 'Your own sessions, the one used last first', response: { 200: Sessions } },
      },
      async (request) => ({ items: await listOwnSessions(core, personWho(request)) }),
    );

    app.delete(
      '/auth/sessions',
      {
        config: { role: 'viewer', audit: 'session.others-ended' },
        schema: { tags, summary: 'End all your sessions but this one', response: { 200: SessionsEnded } },
      },
      async (request) => ({ ended: await endOtherSessions(core, personWho(request)) }),
    );

    app.delete(
      '/auth/sessions/:id',
      {
        config: { role: 'viewer', audit: 'session.ended' },
        schema: { tags, summary: 'End one of your sessions', params: IdParams, response: nothing },
      },
      async (request, reply) => {
        await endSession(core, personWho(request), request.params.id);
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/auth/workspace',
      {
        config: { role: 'viewer', audit: 'session.moved' },
        schema: {
          tags,
          summary: 'Go on in another of your workspaces, with this session',
          body: WorkspaceSwitch,
          response: { 200: Me },
        },
      },
      async (request, reply) => {
        const { token, caller } = await switchWorkspace(core, personWho(request), request.body.workspaceId);
        request.auditNote.detail = { to: caller.workspaceId, from: callerOf(request).workspaceId };
        setSessionCookie(request, reply, core.baseUrl, token);
        return describeCaller(core, caller);
      },
    );
  };
}
