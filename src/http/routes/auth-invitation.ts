import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { Me, SecondFactorDue } from '../../contract/auth.ts';
import { InvitationAcceptance, InvitationToken, OpenInvitation } from '../../contract/invitations.ts';
import { acceptInvitation, type Joined, joinByInvitation, openInvitation } from '../../core/invitations.ts';
import { describeCaller } from '../../core/me.ts';
import { beginSession, switchWorkspace } from '../../core/sessions.ts';
import { originOf } from '../audit.ts';
import type { AuthParts } from '../auth-parts.ts';
import { refuseCrossSite } from '../cross-site.ts';
import { answerLogin } from '../log-in.ts';
import { personWho } from '../request.ts';
import { setSessionCookie } from '../session-cookie.ts';
import { visitorOf } from '../visitor.ts';

const tags = ['auth'];
const open = { config: { role: 'public', audit: false } } as const;

/** What the link of an invitation leads to. The token comes in the body: addresses are logged. */
export function authInvitationRoutes(parts: AuthParts): FastifyPluginAsyncTypebox {
  const { core, trail, limit } = parts;
  const joined = ({ userId, workspaceId }: Joined, origin: object) =>
    trail.record(
      { userId, workspaceId },
      { action: 'invitation.accepted', object: { kind: 'user', id: userId }, ...origin },
    );
  return async (app) => {
    app.post(
      '/auth/invitation',
      {
        ...open,
        schema: { tags, summary: 'Who invites whom', body: InvitationToken, response: { 200: OpenInvitation } },
      },
      async (request) => {
        refuseCrossSite(request, core.baseUrl, 'if-said');
        return openInvitation(core, request.body.token);
      },
    );

    app.post(
      '/auth/invitation/accept',
      {
        ...open,
        schema: {
          tags,
          summary: 'Join: a new person chooses a password, a known one gives theirs; both are logged in',
          body: InvitationAcceptance,
          response: { 200: Type.Union([Me, SecondFactorDue]) },
        },
      },
      async (request, reply) => {
        refuseCrossSite(request, core.baseUrl, 'if-said');
        limit.begin(request.body.token, request.ip);
        const member = await acceptInvitation(core, request.body);
        limit.succeeded(request.body.token, request.ip);
        joined(member, originOf(request));
        const login = await beginSession(core, member.userId, visitorOf(request), member.workspaceId);
        return answerLogin(parts, request, reply, login, 'invitation');
      },
    );

    app.post(
      '/auth/invitation/join',
      {
        config: { role: 'viewer', audit: false },
        schema: { tags, summary: 'Join with the session you have', body: InvitationToken, response: { 200: Me } },
      },
      async (request, reply) => {
        const person = personWho(request);
        const member = await joinByInvitation(core, person, request.body.token);
        joined(member, originOf(request));
        const { token, caller } = await switchWorkspace(core, person, member.workspaceId);
        setSessionCookie(request, reply, core.baseUrl, token);
        return describeCaller(core, caller);
      },
    );
  };
}
