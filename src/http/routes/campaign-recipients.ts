import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { LedgerRecipient, RecipientsQuery, TestSendBody, TestSendReply } from '../../contract/campaigns.ts';
import { IdParams, Page } from '../../contract/common.ts';
import type { Core } from '../../core/context.ts';
import { exportRecipients, listRecipients } from '../../core/recipients.ts';
import { sendTest } from '../../core/test-send.ts';
import { csvReply } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['campaigns'];

/** What became of each recipient, and trying a campaign out before there are any. */
export function campaignRecipientRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/campaigns/:id/recipients',
      {
        config: { role: 'viewer' },
        schema: {
          tags,
          summary: 'The ledger: one item a recipient; format=csv streams all of them',
          params: IdParams,
          querystring: RecipientsQuery,
          response: { 200: csvReply(Page(LedgerRecipient), 'A page of the ledger, or all of it as CSV') },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        if (request.query.format !== 'csv') return listRecipients(core, callerOf(request), id, request.query);
        const lines = await exportRecipients(core, callerOf(request), id, request.query);
        reply.header('content-disposition', `attachment; filename="recipients-${id}.csv"`);
        return reply.type('text/csv; charset=utf-8').send(Readable.from(lines));
      },
    );

    app.post(
      '/campaigns/:id/test',
      {
        config: { role: 'editor' },
        schema: {
          tags,
          summary: 'Send it to a few addresses at once, outside the ledger',
          params: IdParams,
          body: TestSendBody,
          response: { 200: TestSendReply },
        },
      },
      async (request) => ({ results: await sendTest(core, callerOf(request), request.params.id, request.body) }),
    );
  };
}
