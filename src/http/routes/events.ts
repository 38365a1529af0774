import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams, Page } from '../../contract/common.ts';
import { EmailEvent, EventsQuery } from '../../contract/events.ts';
import type { Core } from '../../core/context.ts';
import { getEvent, listEventPage } from '../../core/email-events.ts';
import { callerOf } from '../request.ts';

const tags = ['events'];

/** What was told of messages after their hand-over. */
export function eventRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/events',
      {
        config: { role: 'viewer' },
        schema: {
          tags,
          summary: 'Deliveries, bounces, delays, complaints, opens, clicks and auto-replies, as received, newest first',
          querystring: EventsQuery,
          response: { 200: Page(EmailEvent) },
        },
      },
      (request) => listEventPage(core, callerOf(request), request.query),
    );

    app.get(
      '/events/:id',
      {
        config: { role: 'viewer' },
        schema: { tags, summary: 'One event', params: IdParams, response: { 200: EmailEvent } },
      },
      (request) => getEvent(core, callerOf(request), request.params.id),
    );
  };
}
