import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { IdParams, Page, PageQuery } from '../../contract/common.ts';
import { ImportPreview, ImportQueued, ImportReject, ImportStatus, StartImportBody } from '../../contract/imports.ts';
import type { Core } from '../../core/context.ts';
import { previewImport } from '../../core/import-preview.ts';
import { exportRejects, listImportRejects } from '../../core/import-rejects.ts';
import { getImport, listImportPage, startAfterDryRun } from '../../core/imports.ts';
import { csvReply } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['imports'];
const read = { config: { role: 'viewer' } } as const;

const RejectsQuery = Type.Object({
  ...PageQuery.properties,
  format: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('csv')])),
});

export function importRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/imports',
      {
        ...read,
        schema: {
          tags,
          summary: 'Imports, newest first',
          querystring: PageQuery,
          response: { 200: Page(ImportStatus) },
        },
      },
      (request) => listImportPage(core, callerOf(request), request.query),
    );

    app.get(
      '/imports/:id',
      { ...read, schema: { tags, summary: 'One import', params: IdParams, response: { 200: ImportStatus } } },
      (request) => getImport(core, callerOf(request), request.params.id),
    );

    app.get(
      '/imports/:id/preview',
      {
        ...read,
        schema: {
          tags,
          summary: 'The first rows of a file that is not imported yet, and what its columns are taken for',
          params: IdParams,
          response: { 200: ImportPreview },
        },
      },
      (request) => previewImport(core, callerOf(request), request.params.id),
    );

    app.post(
      '/imports/:id/start',
      {
        config: { role: 'editor', operation: 'leads-import' },
        schema: {
          tags,
          summary: 'Import the file that a dry run has looked at',
          params: IdParams,
          body: StartImportBody,
          response: { 202: ImportQueued },
        },
      },
      async (request, reply) => {
        reply.code(202);
        const { id } = request.params;
        const started = await startAfterDryRun(core, callerOf(request), id, request.body);
        return { ...started, status: 'queued' as const };
      },
    );

    app.get(
      '/imports/:id/rejects',
      {
        ...read,
        schema: {
          tags,
          summary: 'Rows that were refused; format=csv streams all of them',
          params: IdParams,
          querystring: RejectsQuery,
          response: { 200: csvReply(Page(ImportReject), 'A page, or all of them as CSV') },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        if (request.query.format !== 'csv') return listImportRejects(core, callerOf(request), id, request.query);
        const lines = await exportRejects(core, callerOf(request), id);
        reply.header('content-disposition', `attachment; filename="rejects-${id}.csv"`);
        return reply.type('text/csv; charset=utf-8').send(Readable.from(lines));
      },
    );
  };
}
