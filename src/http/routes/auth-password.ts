import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { PasswordChange, PasswordReset, ResetRequest, ResetRequested } from '../../contract/auth.ts';
import { changePassword, requestPasswordReset, resetPassword } from '../../core/own-password.ts';
import { messageOf } from '../../errors.ts';
import { originOf } from '../audit.ts';
import type { AuthParts } from '../auth-parts.ts';
import { refuseCrossSite } from '../cross-site.ts';
import { nothing } from '../replies.ts';
import { personWho } from '../request.ts';
import { setSessionCookie } from '../session-cookie.ts';

const tags = ['auth'];
const open = { config: { role: 'public', audit: false } } as const;

const REQUESTED =
  'If there is an account for this address, a link is on its way to it. It is good for one hour. No mail comes? Ask an administrator: "postrider user reset-password" prints a link.';

/** Changing one's own password, and a new one for who forgot it. */
export function authPasswordRoutes({ core, trail, limit }: AuthParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/auth/password',
      {
        config: { role: 'viewer', audit: 'password.changed' },
        schema: {
          tags,
          summary: 'Change your own password; all other sessions end',
          body: PasswordChange,
          response: nothing,
        },
      },
      async (request, reply) => {
        const person = personWho(request);
        limit.begin(person.userId, `confirmation of ${person.userId}`);
        const token = await changePassword(core, person, request.body);
        limit.succeeded(person.userId, `confirmation of ${person.userId}`);
        setSessionCookie(request, reply, core.baseUrl, token);
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/auth/password/reset-request',
      {
        ...open,
        schema: {
          tags,
          summary: 'Have a link for a new password mailed; the answer is the same whoever is known',
          body: ResetRequest,
          response: { 202: ResetRequested },
        },
      },
      async (request, reply) => {
        refuseCrossSite(request, core.baseUrl, 'if-said');
        const { email } = request.body;
        limit.begin(email, `new password for ${request.ip}`);
        // Behind the answer: who is known cannot be told by the time it takes.
        trail.behind(
          requestPasswordReset(core, email).catch((error: unknown) =>
            core.log.error({ err: messageOf(error) }, 'a link for a new password could not be made'),
          ),
        );
        return reply.code(202).send({ message: REQUESTED });
      },
    );

    app.post(
      '/auth/password/reset',
      {
        ...open,
        schema: {
          tags,
          summary: 'Choose a new password with the link; every session of the person ends',
          body: PasswordReset,
          response: nothing,
        },
      },
      async (request, reply) => {
        refuseCrossSite(request, core.baseUrl, 'if-said');
        const user = await resetPassword(core, request.body);
        const object = { kind: 'user', id: user.id, name: user.email };
        trail.recordUser(user.id, { action: 'password.reset', object, ...originOf(request) });
        return reply.code(204).send(null);
      },
    );
  };
}
