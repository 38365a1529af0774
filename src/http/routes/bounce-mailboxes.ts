import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  BounceMailbox,
  BounceMailboxChange,
  BounceMailboxReport,
  NewBounceMailbox,
} from '../../contract/bounce-mailboxes.ts';
import { IdParams, Page, PageQuery } from '../../contract/common.ts';
import {
  changeBounceMailbox,
  createBounceMailbox,
  getBounceMailbox,
  listBounceMailboxPage,
  removeBounceMailbox,
  verifyBounceMailbox,
} from '../../core/bounce-mailboxes.ts';
import type { Core } from '../../core/context.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['bounce-mailboxes'];
const read = { config: { role: 'viewer' } } as const;
const write = { config: { role: 'admin' } } as const;

/** IMAP mailboxes that returned mail is fetched from. */
export function bounceMailboxRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/bounce-mailboxes',
      {
        ...read,
        schema: {
          tags,
          summary: 'Mailboxes that returned mail is fetched from, newest first',
          querystring: PageQuery,
          response: { 200: Page(BounceMailbox) },
        },
      },
      (request) => listBounceMailboxPage(core, callerOf(request), request.query),
    );

    app.post(
      '/bounce-mailboxes',
      {
        ...write,
        schema: {
          tags,
          summary: 'Fetch returned mail from a mailbox, once a minute',
          body: NewBounceMailbox,
          response: { 201: BounceMailbox },
        },
      },
      async (request, reply) => {
        reply.code(201);
        return createBounceMailbox(core, callerOf(request), request.body as NewBounceMailbox);
      },
    );

    app.get(
      '/bounce-mailboxes/:id',
      { ...read, schema: { tags, summary: 'One mailbox', params: IdParams, response: { 200: BounceMailbox } } },
      (request) => getBounceMailbox(core, callerOf(request), request.params.id),
    );

    app.patch(
      '/bounce-mailboxes/:id',
      {
        ...write,
        schema: {
          tags,
          summary: 'Change a mailbox; it is looked into at once',
          params: IdParams,
          body: BounceMailboxChange,
          response: { 200: BounceMailbox },
        },
      },
      (request) => changeBounceMailbox(core, callerOf(request), request.params.id, request.body as BounceMailboxChange),
    );

    app.delete(
      '/bounce-mailboxes/:id',
      {
        ...write,
        schema: { tags, summary: 'Look into it no more; events stay', params: IdParams, response: nothing },
      },
      async (request, reply) => {
        await removeBounceMailbox(core, callerOf(request), request.params.id);
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/bounce-mailboxes/:id/verify',
      {
        ...write,
        schema: {
          tags,
          summary: 'Log in and open the folder; nothing is fetched or changed',
          params: IdParams,
          response: { 200: BounceMailboxReport },
        },
      },
      (request) => verifyBounceMailbox(core, callerOf(request), request.params.id),
    );
  };
}
