import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams, Page, PageQuery } from '../../contract/common.ts';
import { List, ListChange, MemberParams, NewList, SubscribeBody, SubscribeReply } from '../../contract/lists.ts';
import type { Core } from '../../core/context.ts';
import { changeList, createList, getList, listListPage, removeList, subscribe, unsubscribe } from '../../core/lists.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['lists'];
const read = { config: { role: 'viewer' } } as const;
const write = { config: { role: 'editor' } } as const;

export function listRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/lists',
      {
        ...read,
        schema: { tags, summary: 'Lists, newest first', querystring: PageQuery, response: { 200: Page(List) } },
      },
      (request) => listListPage(core, callerOf(request), request.query),
    );

    app.post(
      '/lists',
      { ...write, schema: { tags, summary: 'Make a list', body: NewList, response: { 201: List } } },
      async (request, reply) => {
        reply.code(201);
        const { name, ...settings } = request.body;
        return createList(core, callerOf(request), name, settings);
      },
    );

    app.get(
      '/lists/:id',
      { ...read, schema: { tags, summary: 'One list', params: IdParams, response: { 200: List } } },
      (request) => getList(core, callerOf(request), request.params.id),
    );

    app.patch(
      '/lists/:id',
      {
        ...write,
        schema: { tags, summary: 'Change a list', params: IdParams, body: ListChange, response: { 200: List } },
      },
      (request) => changeList(core, callerOf(request), request.params.id, request.body),
    );

    app.delete(
      '/lists/:id',
      { ...write, schema: { tags, summary: 'Delete a list; its contacts stay', params: IdParams, response: nothing } },
      async (request, reply) => {
        await removeList(core, callerOf(request), request.params.id);
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/lists/:id/contacts',
      {
        ...write,
        schema: {
          tags,
          summary: 'Subscribe contacts',
          params: IdParams,
          body: SubscribeBody,
          response: { 200: SubscribeReply },
        },
      },
      (request) => subscribe(core, callerOf(request), request.params.id, request.body),
    );

    app.delete(
      '/lists/:id/contacts/:contactId',
      { ...write, schema: { tags, summary: 'Unsubscribe a contact', params: MemberParams, response: nothing } },
      async (request, reply) => {
        const { id, contactId } = request.params;
        await unsubscribe(core, callerOf(request), id, contactId);
        return reply.code(204).send(null);
      },
    );
  };
}
