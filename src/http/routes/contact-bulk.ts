import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams } from '../../contract/common.ts';
import { ContactBulkBody, ContactBulkReply } from '../../contract/contact-bulk.ts';
import {
  DuplicatesPage,
  DuplicatesQuery,
  LookStarted,
  MergeBody,
  MergeReply,
} from '../../contract/contact-duplicates.ts';
import { getBulkAction, startBulkAction } from '../../core/contact-bulk.ts';
import { listDuplicatePage, lookForDuplicates } from '../../core/contact-duplicates.ts';
import { mergeContactsInto } from '../../core/contact-merge.ts';
import type { Core } from '../../core/context.ts';
import { callerOf } from '../request.ts';

const tags = ['contacts'];
const read = { config: { role: 'viewer' } } as const;
const write = { config: { role: 'editor' } } as const;

/** What is done to many contacts at once. */
export function contactBulkRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/contacts/bulk',
      {
        ...write,
        schema: {
          tags,
          summary: 'One thing done to many contacts: 200 when it is over, 202 while it goes on',
          body: ContactBulkBody,
          response: { 200: ContactBulkReply, 202: ContactBulkReply },
        },
      },
      async (request, reply) => {
        const done = await startBulkAction(core, callerOf(request), request.body, request.resourceId);
        return reply.code(done.state === 'active' || done.state === 'waiting' ? 202 : 200).send(done);
      },
    );

    app.get(
      '/contacts/bulk/:id',
      {
        ...read,
        schema: { tags, summary: 'How far a bulk action is', params: IdParams, response: { 200: ContactBulkReply } },
      },
      (request) => getBulkAction(core, callerOf(request), request.params.id),
    );

    app.get(
      '/contacts/duplicates',
      {
        ...read,
        schema: {
          tags,
          summary: 'Contacts that may be one person, as the last look found them',
          querystring: DuplicatesQuery,
          response: { 200: DuplicatesPage },
        },
      },
      (request) => listDuplicatePage(core, callerOf(request), request.query),
    );

    app.post(
      '/contacts/duplicates',
      { ...write, schema: { tags, summary: 'Look at all contacts for duplicates', response: { 202: LookStarted } } },
      async (request, reply) => {
        reply.code(202);
        return lookForDuplicates(core, callerOf(request), request.resourceId);
      },
    );

    app.post(
      '/contacts/:id/merge',
      {
        ...write,
        schema: {
          tags,
          summary: 'Make one contact of several; whoever unsubscribed stays so',
          params: IdParams,
          body: MergeBody,
          response: { 200: MergeReply },
        },
      },
      (request) => mergeContactsInto(core, callerOf(request), request.params.id, request.body.from),
    );
  };
}
