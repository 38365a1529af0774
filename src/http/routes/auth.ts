import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import {
  ConfirmBody,
  LoginBody,
  LoginLinkBody,
  LoginMethods,
  Me,
  ProfileChange,
  SecondFactorDue,
} from '../../contract/auth.ts';
import { PasskeyLogin, PasskeyLoginStart, PasskeyOptions, SecondFactorBody } from '../../contract/second-factors.ts';
import { logInBySecondFactor } from '../../core/login-second-factor.ts';
import { describeCaller } from '../../core/me.ts';
import { confirmIdentity } from '../../core/own-password.ts';
import { changeProfile } from '../../core/own-profile.ts';
import { beginPasskeyFactor, beginPasskeyLogin, checkPasskeyLogin } from '../../core/passkeys.ts';
import { getTicket } from '../../core/second-factors.ts';
import { beginSession, checkLogin, checkLoginLink, logOut, openSession } from '../../core/sessions.ts';
import { findUserByEmail } from '../../db/users.ts';
import { originOf } from '../audit.ts';
import type { AuthParts } from '../auth-parts.ts';
import { refuseCrossSite } from '../cross-site.ts';
import { answerLogin, answerSession } from '../log-in.ts';
import { nothing } from '../replies.ts';
import { callerOf, personWho } from '../request.ts';
import { clearSessionCookie, sessionTokenOf } from '../session-cookie.ts';
import { visitorOf } from '../visitor.ts';

const tags = ['auth'];
const open = { config: { role: 'public', audit: false } } as const;
const MeOrDue = Type.Union([Me, SecondFactorDue], {
  description: 'Who logged in; or, without a cookie, that a second factor is due',
});

/** Logging in and out with the dashboard's session cookie. */
export function authRoutes(parts: AuthParts): FastifyPluginAsyncTypebox {
  const { core, trail, limit, oidc } = parts;
  return async (app) => {
    app.get(
      '/auth/methods',
      { ...open, schema: { tags, summary: 'How one can log in here', response: { 200: LoginMethods } } },
      async () => ({ password: true, passkey: true, oidc: oidc && { name: oidc.name } }),
    );

    app.post(
      '/auth/login',
      { ...open, schema: { tags, summary: 'Log in with a password', body: LoginBody, response: { 200: MeOrDue } } },
      async (request, reply) => {
        refuseCrossSite(request, core.baseUrl, 'if-said');
        const { email, password } = request.body;
        limit.begin(email, request.ip);
        const user = await checkLogin(core, email, password).catch((error: unknown) => {
          trail.behind(recordFailure(request, email));
          throw error;
        });
        limit.succeeded(email, request.ip);
        return answerLogin(parts, request, reply, await beginSession(core, user.id, visitorOf(request)), 'password');
      },
    );

    app.post(
      '/auth/login/second-factor',
      {
        ...open,
        schema: {
          tags,
          summary: 'End a login that asks for a second factor: a code, a recovery code or a passkey',
          body: SecondFactorBody,
          response: { 200: Me },
        },
      },
      async (request, reply) => {
        refuseCrossSite(request, core.baseUrl, 'if-said');
        let userId = '';
        const session = await logInBySecondFactor(core, request.body, visitorOf(request), (id) => {
          userId = id;
          limit.begin(id, `second factor of ${id}`);
        }).catch((error: unknown) => {
          if (userId !== '') noteFailure(request, userId, 'second-factor');
          throw error;
        });
        limit.succeeded(userId, `second factor of ${userId}`);
        return answerSession(parts, request, reply, session, 'second-factor');
      },
    );

    app.post(
      '/auth/login/passkey-options',
      {
        ...open,
        schema: {
          tags,
          summary:
            'What the browser asks a passkey for; with the ticket of a login that asks for a second factor, for that',
          body: PasskeyLoginStart,
          response: { 200: PasskeyOptions },
        },
      },
      async (request) => {
        refuseCrossSite(request, core.baseUrl, 'if-said');
        const { ticket } = request.body;
        return ticket === undefined
          ? beginPasskeyLogin(core)
          : beginPasskeyFactor(core, await getTicket(core, ticket), ticket);
      },
    );

    app.post(
      '/auth/login/passkey',
      { ...open, schema: { tags, summary: 'Log in with a passkey alone', body: PasskeyLogin, response: { 200: Me } } },
      async (request, reply) => {
        refuseCrossSite(request, core.baseUrl, 'if-said');
        limit.begin('passkey', request.ip);
        const userId = await checkPasskeyLogin(core, request.body);
        limit.succeeded('passkey', request.ip);
        return answerSession(parts, request, reply, await openSession(core, userId, visitorOf(request)), 'passkey');
      },
    );

    app.post(
      '/auth/link',
      {
        ...open,
        schema: { tags, summary: 'Log in with a one-time link', body: LoginLinkBody, response: { 200: MeOrDue } },
      },
      async (request, reply) => {
        refuseCrossSite(request, core.baseUrl, 'if-said');
        const user = await checkLoginLink(core, request.body.token);
        return answerLogin(parts, request, reply, await beginSession(core, user.id, visitorOf(request)), 'link');
      },
    );

    app.post(
      '/auth/logout',
      {
        config: { role: 'viewer', audit: 'session.logged-out', scope: 'any' },
        schema: { tags, summary: 'End the session', response: nothing },
      },
      async (request, reply) => {
        const token = sessionTokenOf(request);
        if (token !== undefined) await logOut(core, token);
        clearSessionCookie(request, reply, core.baseUrl);
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/auth/confirm',
      {
        config: { role: 'viewer', audit: 'session.confirmed' },
        schema: {
          tags,
          summary:
            'Prove once more who you are, by password or code: for half an hour, what could lock you out is open',
          body: ConfirmBody,
          response: nothing,
        },
      },
      async (request, reply) => {
        const person = personWho(request);
        limit.begin(person.userId, `confirmation of ${person.userId}`);
        await confirmIdentity(core, person, request.body);
        limit.succeeded(person.userId, `confirmation of ${person.userId}`);
        return reply.code(204).send(null);
      },
    );

    app.get(
      '/auth/me',
      { config: { role: 'viewer', scope: 'any' }, schema: { tags, summary: 'Who is asking', response: { 200: Me } } },
      (request) => describeCaller(core, callerOf(request)),
    );

    app.patch(
      '/auth/me',
      {
        config: { role: 'viewer', audit: 'profile.changed' },
        schema: { tags, summary: 'Change your own name', body: ProfileChange, response: { 200: Me } },
      },
      async (request) => {
        await changeProfile(core, personWho(request), request.body);
        return describeCaller(core, callerOf(request));
      },
    );
  };

  /** Looked for behind the answer, which must not take longer for who is known. */
  async function recordFailure(request: FastifyRequest, email: string): Promise<void> {
    const user = await findUserByEmail(core.db.sql, email.trim().toLowerCase());
    if (user) noteFailure(request, user.id, 'password');
  }

  function noteFailure(request: FastifyRequest, userId: string, way: string): void {
    const object = { kind: 'user', id: userId };
    trail.recordUser(userId, { action: 'login.failed', object, detail: { way }, ...originOf(request) });
  }
}
