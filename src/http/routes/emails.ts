import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams, Page } from '../../contract/common.ts';
import {
  EmailAccepted,
  EmailBatchAccepted,
  EmailBatchBody,
  EmailBody,
  EmailCancelled,
  EmailDetail,
  EmailSummary,
  EmailsQuery,
} from '../../contract/emails.ts';
import type { Core } from '../../core/context.ts';
import { EmailIntake } from '../../core/email-intake.ts';
import { cancelEmail, describeEmail, listEmailPage } from '../../core/emails.ts';
import { callerOf } from '../request.ts';

const tags = ['emails'];
const read = { config: { role: 'viewer' } } as const;
/** Not in the audit log: every email is in the ledger, and they come by the hundred a second. */
const send = { config: { role: 'editor', audit: false } } as const;

/** Single emails: receipts, password links, whatever is sent to somebody because of something they did. */
export function emailRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    const intake = new EmailIntake(core);

    app.post(
      '/emails',
      {
        ...send,
        schema: {
          tags,
          summary: 'Send one email, before whatever campaigns are being sent',
          body: EmailBody,
          response: { 202: EmailAccepted },
        },
      },
      async (request, reply) => {
        const accepted = await intake.accept(callerOf(request), request.body, request.resourceId);
        reply.code(202);
        return accepted;
      },
    );

    app.post(
      '/emails/batch',
      {
        ...send,
        schema: {
          tags,
          summary: 'Send up to 100 emails: all are accepted, or none',
          body: EmailBatchBody,
          response: { 202: EmailBatchAccepted },
        },
      },
      async (request, reply) => {
        const emails = await intake.acceptAll(callerOf(request), request.body.emails, request.resourceId);
        reply.code(202);
        return { emails };
      },
    );

    app.get(
      '/emails',
      {
        ...read,
        schema: {
          tags,
          summary: 'Single emails, newest first',
          querystring: EmailsQuery,
          response: { 200: Page(EmailSummary) },
        },
      },
      (request) => listEmailPage(core, callerOf(request), request.query),
    );

    app.get(
      '/emails/:id',
      {
        ...read,
        schema: {
          tags,
          summary: 'One email, with what became of each recipient',
          params: IdParams,
          response: { 200: EmailDetail },
        },
      },
      (request) => describeEmail(core, callerOf(request), request.params.id),
    );

    app.post(
      '/emails/:id/cancel',
      {
        config: { role: 'editor' },
        schema: {
          tags,
          summary: 'Send to nobody whom no server was asked about',
          params: IdParams,
          response: { 202: EmailCancelled },
        },
      },
      async (request, reply) => {
        const cancelled = await cancelEmail(core, callerOf(request), request.params.id);
        reply.code(202);
        return cancelled;
      },
    );
  };
}
