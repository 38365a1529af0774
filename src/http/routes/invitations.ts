import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams, Page, PageQuery } from '../../contract/common.ts';
import { Invitation, NewInvitation, SentInvitation } from '../../contract/invitations.ts';
import type { Core } from '../../core/context.ts';
import { invite, listInvitationPage, resendInvitation, withdrawInvitation } from '../../core/invitations.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['invitations'];
const admin = { config: { role: 'admin' } } as const;

/** Asking people into the workspace. */
export function invitationRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/invitations',
      {
        ...admin,
        schema: {
          tags,
          summary: 'Invitations that nobody has accepted yet',
          querystring: PageQuery,
          response: { 200: Page(Invitation) },
        },
      },
      (request) => listInvitationPage(core, callerOf(request), request.query),
    );

    app.post(
      '/invitations',
      {
        ...admin,
        schema: {
          tags,
          summary: 'Mail somebody a link to join, good for 7 days; it is answered once as well, to hand on by yourself',
          body: NewInvitation,
          response: { 201: SentInvitation },
        },
      },
      async (request, reply) => {
        reply.code(201);
        Object.assign(request.auditNote, { name: request.body.email, detail: { role: request.body.role } });
        return invite(core, callerOf(request), request.body);
      },
    );

    app.post(
      '/invitations/:id/resend',
      {
        ...admin,
        schema: {
          tags,
          summary: 'Mail a new link; the one before works no more',
          params: IdParams,
          response: { 200: SentInvitation },
        },
      },
      (request) => resendInvitation(core, callerOf(request), request.params.id),
    );

    app.delete(
      '/invitations/:id',
      { ...admin, schema: { tags, summary: 'Withdraw an invitation', params: IdParams, response: nothing } },
      async (request, reply) => {
        const { email } = await withdrawInvitation(core, callerOf(request), request.params.id);
        request.auditNote.name = email;
        return reply.code(204).send(null);
      },
    );
  };
}
