import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { OIDC_SECONDS, OidcFailure, type OidcReason } from '../../core/oidc.ts';
import { beginSession } from '../../core/sessions.ts';
import { AppError } from '../../errors.ts';
import type { AuthParts } from '../auth-parts.ts';
import { answerLogin } from '../log-in.ts';
import { cookieAttributes } from '../session-cookie.ts';
import { visitorOf } from '../visitor.ts';

const tags = ['auth'];
const open = { config: { role: 'public' } } as const;
const COOKIE = 'postrider_oidc';
const PATH = '/api/auth/oidc';
const redirect = {
  302: Type.Null({ description: 'On to the provider, to the dashboard, or to the login with a reason' }),
};

/** Login by an identity elsewhere: to the provider and back. What goes wrong is told on the page of the login. */
export function authOidcRoutes(parts: AuthParts): FastifyPluginAsyncTypebox {
  const { core, oidc } = parts;
  return async (app) => {
    app.get(
      '/auth/oidc/start',
      { ...open, schema: { tags, summary: 'To the OpenID Connect provider', response: redirect } },
      async (request, reply) => {
        try {
          if (!oidc) throw notConfigured();
          const { url, token } = await oidc.begin();
          const attributes = { ...cookieAttributes(request, core.baseUrl), path: PATH, maxAge: OIDC_SECONDS };
          reply.setCookie(COOKIE, token, attributes);
          return reply.header('cache-control', 'no-store').redirect(url, 302);
        } catch (error) {
          return toLogin(reply, error);
        }
      },
    );

    app.get(
      '/auth/oidc/callback',
      { ...open, schema: { tags, summary: 'Back from the OpenID Connect provider', response: redirect } },
      async (request, reply) => {
        reply.header('cache-control', 'no-store');
        try {
          if (!oidc) throw notConfigured();
          const query = request.url.slice(request.url.indexOf('?') + 1);
          const userId = await oidc.finish(request.cookies[COOKIE], query);
          reply.clearCookie(COOKIE, { ...cookieAttributes(request, core.baseUrl), path: PATH });
          const login = await beginSession(core, userId, visitorOf(request));
          if ('due' in login) {
            const { ticket, secondFactor } = login.due;
            return reply.redirect(`/login#ticket=${ticket}&factors=${secondFactor.join(',')}`, 302);
          }
          await answerLogin(parts, request, reply, login, 'oidc');
          return reply.redirect('/', 302);
        } catch (error) {
          return toLogin(reply, error);
        }
      },
    );
  };

  /** Behind the #: no server is told of it. */
  function toLogin(reply: FastifyReply, error: unknown): FastifyReply {
    if (!(error instanceof OidcFailure)) throw error;
    core.log.info({ err: error.cause, reason: error.reason }, 'a login by OpenID Connect ended');
    const reason: OidcReason = error.reason;
    return reply.redirect(`/login#oidc=${reason}`, 302);
  }
}

function notConfigured(): AppError {
  return new AppError('NOT_FOUND', 'Login by OpenID Connect is not configured here: set OIDC_ISSUER.');
}
