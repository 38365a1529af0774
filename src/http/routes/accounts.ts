import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Account, AccountChange, AccountReport, NewAccount } from '../../contract/accounts.ts';
import { IdParams, Page, PageQuery } from '../../contract/common.ts';
import {
  changeAccount,
  createAccount,
  getAccount,
  listAccountPage,
  pauseAccount,
  removeAccount,
  resumeAccount,
  verifyAccount,
} from '../../core/accounts.ts';
import type { Core } from '../../core/context.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['accounts'];
const read = { config: { role: 'viewer' } } as const;
const write = { config: { role: 'admin' } } as const;

/** Sending accounts. Credentials go in and never come out. */
export function accountRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/accounts',
      {
        ...read,
        schema: { tags, summary: 'Sending accounts', querystring: PageQuery, response: { 200: Page(Account) } },
      },
      (request) => listAccountPage(core, callerOf(request), request.query),
    );

    app.post(
      '/accounts',
      { ...write, schema: { tags, summary: 'Add a sending account', body: NewAccount, response: { 201: Account } } },
      async (request, reply) => {
        reply.code(201);
        return createAccount(core, callerOf(request), request.body);
      },
    );

    app.get(
      '/accounts/:id',
      { ...read, schema: { tags, summary: 'One account', params: IdParams, response: { 200: Account } } },
      (request) => getAccount(core, callerOf(request), request.params.id),
    );

    app.patch(
      '/accounts/:id',
      {
        ...write,
        schema: {
          tags,
          summary: 'Change an account',
          params: IdParams,
          body: AccountChange,
          response: { 200: Account },
        },
      },
      (request) => changeAccount(core, callerOf(request), request.params.id, request.body),
    );

    app.delete(
      '/accounts/:id',
      {
        ...write,
        schema: { tags, summary: 'Delete an account that no campaign is using', params: IdParams, response: nothing },
      },
      async (request, reply) => {
        await removeAccount(core, callerOf(request), request.params.id);
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/accounts/:id/verify',
      {
        ...write,
        schema: {
          tags,
          summary: 'Connect, log in, and tell what the server offers',
          params: IdParams,
          response: { 200: AccountReport },
        },
      },
      async (request) => {
        const report = await verifyAccount(core, callerOf(request), request.params.id);
        return { ...report, extensions: [...report.extensions] };
      },
    );

    app.post(
      '/accounts/:id/pause',
      {
        ...write,
        schema: { tags, summary: 'Send nothing more through it', params: IdParams, response: { 200: Account } },
      },
      (request) => pauseAccount(core, callerOf(request), request.params.id),
    );

    app.post(
      '/accounts/:id/resume',
      { ...write, schema: { tags, summary: 'Send through it again', params: IdParams, response: { 200: Account } } },
      (request) => resumeAccount(core, callerOf(request), request.params.id),
    );
  };
}
