import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams, Page } from '../../contract/common.ts';
import {
  Contact,
  ContactChange,
  ContactCount,
  ContactDetail,
  ContactFilterBody,
  ContactsQuery,
  NewContact,
} from '../../contract/contacts.ts';
import { countContactList } from '../../core/contact-count.ts';
import { changeContact, createContact, getContact, listContactPage, removeContact } from '../../core/contacts.ts';
import type { Core } from '../../core/context.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['contacts'];
const read = { config: { role: 'viewer' } } as const;
const write = { config: { role: 'editor' } } as const;

export function contactRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/contacts',
      {
        ...read,
        schema: {
          tags,
          summary: 'Contacts, newest first',
          querystring: ContactsQuery,
          response: { 200: Page(Contact) },
        },
      },
      (request) => listContactPage(core, callerOf(request), request.query),
    );

    app.get(
      '/contacts/count',
      {
        ...read,
        schema: {
          tags,
          summary: 'How many contacts fit: exactly, or from a sample and with its bounds; quick for any number',
          querystring: ContactFilterBody,
          response: { 200: ContactCount },
        },
      },
      (request) => countContactList(core, callerOf(request), request.query),
    );

    app.post(
      '/contacts',
      { ...write, schema: { tags, summary: 'Add a contact', body: NewContact, response: { 201: ContactDetail } } },
      async (request, reply) => {
        reply.code(201);
        return createContact(core, callerOf(request), request.body);
      },
    );

    app.get(
      '/contacts/:id',
      { ...read, schema: { tags, summary: 'One contact', params: IdParams, response: { 200: ContactDetail } } },
      (request) => getContact(core, callerOf(request), request.params.id),
    );

    app.patch(
      '/contacts/:id',
      {
        ...write,
        schema: {
          tags,
          summary: 'Change a contact',
          params: IdParams,
          body: ContactChange,
          response: { 200: ContactDetail },
        },
      },
      (request) => changeContact(core, callerOf(request), request.params.id, request.body),
    );

    app.delete(
      '/contacts/:id',
      {
        ...write,
        schema: { tags, summary: 'Delete a contact; ledgers keep what was sent', params: IdParams, response: nothing },
      },
      async (request, reply) => {
        await removeContact(core, callerOf(request), request.params.id);
        return reply.code(204).send(null);
      },
    );
  };
}
