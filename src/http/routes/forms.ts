import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IdParams, Page, PageQuery } from '../../contract/common.ts';
import { Form, FormChange, FormPreview, FormPreviewBody, NewForm } from '../../contract/forms.ts';
import type { Core } from '../../core/context.ts';
import { readFormPreview } from '../../core/form-preview.ts';
import { changeForm, createForm, getForm, listFormPage, removeForm } from '../../core/forms.ts';
import { formPage } from '../pages/form-page.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['forms'];
const read = { config: { role: 'viewer' } } as const;
const write = { config: { role: 'editor' } } as const;

export function formRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/forms',
      {
        ...read,
        schema: { tags, summary: 'Forms, newest first', querystring: PageQuery, response: { 200: Page(Form) } },
      },
      (request) => listFormPage(core, callerOf(request), request.query),
    );

    app.post(
      '/forms',
      { ...write, schema: { tags, summary: 'Make a form', body: NewForm, response: { 201: Form } } },
      async (request, reply) => {
        reply.code(201);
        return createForm(core, callerOf(request), request.body);
      },
    );

    app.post(
      '/forms/preview',
      {
        ...read,
        schema: {
          tags,
          summary: 'How the page of a form would look; nothing is kept',
          body: FormPreviewBody,
          response: { 200: FormPreview },
        },
      },
      async (request) => {
        const form = await readFormPreview(core, callerOf(request), request.body);
        return { html: formPage(form, { begun: '', given: new URLSearchParams(), faults: [], again: false }) };
      },
    );

    app.get(
      '/forms/:id',
      { ...read, schema: { tags, summary: 'One form', params: IdParams, response: { 200: Form } } },
      (request) => getForm(core, callerOf(request), request.params.id),
    );

    app.patch(
      '/forms/:id',
      {
        ...write,
        schema: { tags, summary: 'Change a form', params: IdParams, body: FormChange, response: { 200: Form } },
      },
      (request) => changeForm(core, callerOf(request), request.params.id, request.body as FormChange),
    );

    app.delete(
      '/forms/:id',
      {
        ...write,
        schema: { tags, summary: 'Delete a form; who subscribed by it stays', params: IdParams, response: nothing },
      },
      async (request, reply) => {
        await removeForm(core, callerOf(request), request.params.id);
        return reply.code(204).send(null);
      },
    );
  };
}
