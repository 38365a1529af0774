import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  Account,
  AccountChange,
  AccountReport,
  AccountTest,
  AccountTestResult,
  AccountTrial,
  AccountUses,
  NewAccount,
} from '../../contract/accounts.ts';
import { IdParams, Page, PageQuery } from '../../contract/common.ts';
import { sendAccountTest } from '../../core/account-test.ts';
import { AccountUseFeed } from '../../core/account-use.ts';
import {
  changeAccount,
  createAccount,
  getAccount,
  listAccountPage,
  pauseAccount,
  removeAccount,
  resumeAccount,
  tryAccount,
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
    const use = new AccountUseFeed(core);
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
      (request) => verifyAccount(core, callerOf(request), request.params.id),
    );

    app.post(
      '/accounts/check',
      {
        ...write,
        schema: {
          tags,
          summary: 'The same with settings that are not saved; nothing is sent',
          body: AccountTrial,
          response: { 200: AccountReport },
        },
      },
      (request) => tryAccount(core, callerOf(request), request.body),
    );

    app.get(
      '/accounts/use',
      {
        ...read,
        schema: { tags, summary: 'How much of its limits each account has used', response: { 200: AccountUses } },
      },
      (request) => use.read(callerOf(request)),
    );

    app.post(
      '/accounts/:id/test',
      {
        ...write,
        schema: {
          tags,
          summary: 'Send one plain message through it, and tell what its server said',
          params: IdParams,
          body: AccountTest,
          response: { 200: AccountTestResult },
        },
      },
      (request) => sendAccountTest(core, callerOf(request), request.params.id, request.body),
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
