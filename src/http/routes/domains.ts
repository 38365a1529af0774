import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams, Page, PageQuery } from '../../contract/common.ts';
import { Domain, DomainChange, KeyParams, NewDomain, NewKey } from '../../contract/domains.ts';
import type { Core } from '../../core/context.ts';
import { DnsResolver } from '../../core/dns-lookup.ts';
import { checkDomain } from '../../core/domain-check.ts';
import {
  changeDomain,
  createDomain,
  getDomain,
  listDomainPage,
  removeDomain,
  removeKey,
  rotateKey,
} from '../../core/domains.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['domains'];
const read = { config: { role: 'viewer' } } as const;
const write = { config: { role: 'admin' } } as const;

/** Domains that mail is sent from: their keys, the records to set, and what the DNS says. Private keys never come out. */
export function domainRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    const dns = new DnsResolver();
    app.get(
      '/domains',
      {
        ...read,
        schema: {
          tags,
          summary: 'Sending domains, newest first',
          querystring: PageQuery,
          response: { 200: Page(Domain) },
        },
      },
      (request) => listDomainPage(core, callerOf(request), request.query),
    );

    app.post(
      '/domains',
      {
        ...write,
        schema: {
          tags,
          summary: 'Add a domain, and make its DKIM keys',
          description:
            'Answers the records to set. Mail from the domain is signed as soon as the record of a key is seen: that also makes the domain the workspace’s own.',
          body: NewDomain,
          response: { 201: Domain },
        },
      },
      async (request, reply) => {
        reply.code(201);
        return createDomain(core, callerOf(request), request.body);
      },
    );

    app.get(
      '/domains/:id',
      { ...read, schema: { tags, summary: 'One domain', params: IdParams, response: { 200: Domain } } },
      (request) => getDomain(core, callerOf(request), request.params.id),
    );

    app.patch(
      '/domains/:id',
      {
        ...write,
        schema: {
          tags,
          summary: 'Sign a second time with Ed25519, or no more',
          params: IdParams,
          body: DomainChange,
          response: { 200: Domain },
        },
      },
      (request) => changeDomain(core, callerOf(request), request.params.id, request.body),
    );

    app.delete(
      '/domains/:id',
      {
        ...write,
        schema: {
          tags,
          summary: 'Remove a domain with its keys: mail from it is not signed any more',
          params: IdParams,
          response: nothing,
        },
      },
      async (request, reply) => {
        await removeDomain(core, callerOf(request), request.params.id);
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/domains/:id/check',
      {
        ...write,
        schema: {
          tags,
          summary: 'Ask the DNS now',
          description: 'Happens by itself as well: every minute after a domain was added, later every six hours.',
          params: IdParams,
          response: { 200: Domain },
        },
      },
      (request) => checkDomain(core, callerOf(request), request.params.id, dns),
    );

    app.post(
      '/domains/:id/rotate',
      {
        ...write,
        schema: {
          tags,
          summary: 'Add a new key, which takes over when its record is seen',
          params: IdParams,
          body: NewKey,
          response: { 200: Domain },
        },
      },
      (request) => rotateKey(core, callerOf(request), request.params.id, request.body),
    );

    app.delete(
      '/domains/:id/keys/:keyId',
      {
        ...write,
        schema: {
          tags,
          summary: 'Remove a key that waits, or one that is retired and whose record may go',
          params: KeyParams,
          response: nothing,
        },
      },
      async (request, reply) => {
        await removeKey(core, callerOf(request), request.params.id, request.params.keyId);
        return reply.code(204).send(null);
      },
    );
  };
}
