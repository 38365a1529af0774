import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { IdParams, Page, PageQuery } from '../../contract/common.ts';
import {
  NewTemplate,
  Template,
  TemplateChange,
  TemplateQuery,
  TemplateSummary,
  TemplateVersionSummary,
} from '../../contract/templates.ts';
import type { Core } from '../../core/context.ts';
import {
  changeTemplate,
  createTemplate,
  getTemplate,
  listTemplatePage,
  listVersions,
  removeTemplate,
} from '../../core/templates.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['templates'];
const read = { config: { role: 'viewer' } } as const;
const write = { config: { role: 'editor' } } as const;

export function templateRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/templates',
      {
        ...read,
        schema: {
          tags,
          summary: 'Templates, newest first',
          querystring: PageQuery,
          response: { 200: Page(TemplateSummary) },
        },
      },
      (request) => listTemplatePage(core, callerOf(request), request.query),
    );

    app.post(
      '/templates',
      { ...write, schema: { tags, summary: 'Make a template', body: NewTemplate, response: { 201: Template } } },
      async (request, reply) => {
        reply.code(201);
        return createTemplate(core, callerOf(request), request.body);
      },
    );

    app.get(
      '/templates/:id',
      {
        ...read,
        schema: {
          tags,
          summary: 'One template, or an earlier version of it',
          params: IdParams,
          querystring: TemplateQuery,
          response: { 200: Template },
        },
      },
      (request) => getTemplate(core, callerOf(request), request.params.id, request.query.version),
    );

    app.get(
      '/templates/:id/versions',
      {
        ...read,
        schema: {
          tags,
          summary: 'Every version of a template, newest first',
          params: IdParams,
          response: { 200: Type.Object({ items: Type.Array(TemplateVersionSummary) }) },
        },
      },
      async (request) => ({ items: await listVersions(core, callerOf(request), request.params.id) }),
    );

    app.patch(
      '/templates/:id',
      {
        ...write,
        schema: {
          tags,
          summary: 'Rename it, or make its next version',
          params: IdParams,
          body: TemplateChange,
          response: { 200: Template },
        },
      },
      (request) => changeTemplate(core, callerOf(request), request.params.id, request.body),
    );

    app.delete(
      '/templates/:id',
      {
        ...write,
        schema: {
          tags,
          summary: 'Delete a template; campaigns keep the version they were made with',
          params: IdParams,
          response: nothing,
        },
      },
      async (request, reply) => {
        await removeTemplate(core, callerOf(request), request.params.id);
        return reply.code(204).send(null);
      },
    );
  };
}
