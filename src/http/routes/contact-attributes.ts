import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  AttributeDeclaration,
  AttributeParams,
  ContactAttributes,
  DeclaredAttribute,
} from '../../contract/contact-attributes.ts';
import { declareAttribute, forgetAttribute, listContactAttributes } from '../../core/contact-attributes.ts';
import type { Core } from '../../core/context.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['contacts'];

/** What the values of attributes are, so that numbers are compared as numbers. */
export function contactAttributeRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/contacts/attributes',
      {
        config: { role: 'viewer' },
        schema: { tags, summary: 'Attributes whose type is declared', response: { 200: ContactAttributes } },
      },
      async (request) => ({ items: await listContactAttributes(core, callerOf(request)) }),
    );

    app.put(
      '/contacts/attributes/:name',
      {
        config: { role: 'editor' },
        schema: {
          tags,
          summary: 'Declare the type of an attribute; tells how many contacts hold another one',
          params: AttributeParams,
          body: AttributeDeclaration,
          response: { 200: DeclaredAttribute },
        },
      },
      (request) => declareAttribute(core, callerOf(request), request.params.name, request.body.type),
    );

    app.delete(
      '/contacts/attributes/:name',
      {
        config: { role: 'editor' },
        schema: {
          tags,
          summary: 'Forget the type of an attribute; values stay',
          params: AttributeParams,
          response: nothing,
        },
      },
      async (request, reply) => {
        await forgetAttribute(core, callerOf(request), request.params.name);
        return reply.code(204).send(null);
      },
    );
  };
}
