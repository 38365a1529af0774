import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LoginBody, LoginLinkBody, Me } from '../../contract/auth.ts';
import type { Core } from '../../core/context.ts';
import { LoginLimit } from '../../core/login-limit.ts';
import { describeCaller } from '../../core/me.ts';
import { logIn, logInByLink, logOut, type Session } from '../../core/sessions.ts';
import { refuseCrossSite } from '../cross-site.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';
import { clearSessionCookie, sessionTokenOf, setSessionCookie } from '../session-cookie.ts';

const tags = ['auth'];
const open = { config: { role: 'public' } } as const;

/** Logging in and out with the dashboard's session cookie. */
export function authRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    const limit = new LoginLimit();
    const answer = async (request: FastifyRequest, reply: FastifyReply, session: Session) => {
      setSessionCookie(request, reply, core.baseUrl, session.token);
      return describeCaller(core, session.caller);
    };

    app.post(
      '/auth/login',
      { ...open, schema: { tags, summary: 'Log in with a password', body: LoginBody, response: { 200: Me } } },
      async (request, reply) => {
        refuseCrossSite(request, core.baseUrl, 'if-said');
        const { email, password } = request.body;
        limit.begin(email, request.ip);
        const session = await logIn(core, email, password);
        limit.succeeded(email, request.ip);
        return answer(request, reply, session);
      },
    );

    app.post(
      '/auth/link',
      { ...open, schema: { tags, summary: 'Log in with a one-time link', body: LoginLinkBody, response: { 200: Me } } },
      async (request, reply) => {
        refuseCrossSite(request, core.baseUrl, 'if-said');
        return answer(request, reply, await logInByLink(core, request.body.token));
      },
    );

    app.post(
      '/auth/logout',
      { config: { role: 'viewer' }, schema: { tags, summary: 'End the session', response: nothing } },
      async (request, reply) => {
        const token = sessionTokenOf(request);
        if (token !== undefined) await logOut(core, token);
        clearSessionCookie(request, reply, core.baseUrl);
        return reply.code(204).send(null);
      },
    );

    app.get(
      '/auth/me',
      { config: { role: 'viewer' }, schema: { tags, summary: 'Who is asking', response: { 200: Me } } },
      (request) => describeCaller(core, callerOf(request)),
    );
  };
}
