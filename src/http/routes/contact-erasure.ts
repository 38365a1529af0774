import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams, Page } from '../../contract/common.ts';
import { ActivityQuery, ContactActivityItem } from '../../contract/contact-activity.ts';
import { ContactData, EraseBody, Erasure } from '../../contract/contact-erasure.ts';
import { listContactActivity } from '../../core/contact-activity.ts';
import { getContactData } from '../../core/contact-data.ts';
import { eraseAddress, eraseContactById, listErasurePage } from '../../core/contact-erasure.ts';
import type { Core } from '../../core/context.ts';
import { callerOf } from '../request.ts';

const tags = ['contacts'];
const read = { config: { role: 'viewer' } } as const;
/** It cannot be taken back. */
const erase = { config: { role: 'admin' } } as const;

/** What is known of a person: told to them, and taken away. */
export function contactErasureRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/contacts/:id/activity',
      {
        ...read,
        schema: {
          tags,
          summary: 'What was sent to a contact and what came of it, newest first',
          params: IdParams,
          querystring: ActivityQuery,
          response: { 200: Page(ContactActivityItem) },
        },
      },
      (request) => listContactActivity(core, callerOf(request), request.params.id, request.query),
    );

    app.get(
      '/contacts/:id/data',
      {
        config: { role: 'editor' },
        schema: { tags, summary: 'All that is known of a person', params: IdParams, response: { 200: ContactData } },
      },
      async (request, reply) => {
        const data = await getContactData(core, callerOf(request), request.params.id);
        reply.header('content-disposition', `attachment; filename="contact-${request.params.id}.json"`);
        return data;
      },
    );

    app.post(
      '/contacts/:id/erase',
      {
        ...erase,
        schema: {
          tags,
          summary: 'Erase a person from everything; a hash keeps them from being sent to',
          params: IdParams,
          response: { 200: Erasure, 202: Erasure },
        },
      },
      async (request, reply) => {
        const done = await eraseContactById(core, callerOf(request), request.params.id, request.resourceId);
        return reply.code(done.state === 'completed' ? 200 : 202).send(done);
      },
    );

    app.post(
      '/contacts/erase',
      {
        ...erase,
        schema: {
          tags,
          summary: 'Erase whoever has, or had, an address',
          body: EraseBody,
          response: { 200: Erasure, 202: Erasure },
        },
      },
      async (request, reply) => {
        const done = await eraseAddress(core, callerOf(request), request.body.email, request.resourceId);
        return reply.code(done.state === 'completed' ? 200 : 202).send(done);
      },
    );

    app.get(
      '/contacts/erasures',
      {
        ...read,
        schema: {
          tags,
          summary: 'Who was erased when, without their addresses',
          querystring: ActivityQuery,
          response: { 200: Page(Erasure) },
        },
      },
      (request) => listErasurePage(core, callerOf(request), request.query),
    );
  };
}
