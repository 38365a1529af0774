import { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { IdParams, Page } from '../../contract/common.ts';
import { ImportQueued } from '../../contract/imports.ts';
import {
  NewSuppression,
  Suppression,
  SuppressionImportFields,
  SuppressionRemoved,
  SuppressionsQuery,
} from '../../contract/suppressions.ts';
import type { Core } from '../../core/context.ts';
import { exportSuppressions } from '../../core/suppression-export.ts';
import { startSuppressionImport } from '../../core/suppression-import.ts';
import { listSuppressionPage, removeSuppression, suppress } from '../../core/suppressions.ts';
import { callerOf } from '../request.ts';
import { MOST_UPLOAD_BYTES, readUploadOnce } from '../upload.ts';

const tags = ['suppressions'];

const ImportForm = Type.Unsafe<unknown>({
  type: 'object',
  description: 'The file, with fields beside it in any order',
  properties: {
    file: {
      type: 'string',
      format: 'binary',
      description:
        'One address, domain (with all below it) or hash (SHA-256 or MD5 of a lower-cased address, in hex) a line; or CSV with a column of them; or JSONL. Columns reason, source and expires_at count where there are such: the export is taken as it is',
    },
    ...SuppressionImportFields.properties,
  },
});

export function suppressionRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(multipart, {
      limits: { fileSize: MOST_UPLOAD_BYTES, files: 1, fields: 10, fieldSize: 16 * 1024 },
    });

    app.get(
      '/suppressions',
      {
        config: { role: 'viewer' },
        schema: {
          tags,
          summary: 'Addresses, domains and hashes never sent to, newest first',
          querystring: SuppressionsQuery,
          response: { 200: Page(Suppression) },
        },
      },
      (request) => listSuppressionPage(core, callerOf(request), request.query),
    );

    app.get(
      '/suppressions/export',
      {
        config: { role: 'viewer' },
        schema: {
          tags,
          summary: 'All of them as CSV, streamed; an import takes it as it is',
          response: { 200: { content: { 'text/csv': { schema: Type.String() } }, description: 'CSV' } },
        },
      },
      async (request, reply) => {
        reply.header('content-disposition', 'attachment; filename="suppressions.csv"');
        reply.type('text/csv; charset=utf-8');
        return reply.send(Readable.from(exportSuppressions(core, callerOf(request))) as never);
      },
    );

    app.post(
      '/suppressions/import',
      {
        config: { role: 'editor', idempotency: 'handler', operation: 'leads-import' },
        schema: {
          tags,
          summary: 'Suppress what a file holds; a worker does the work, and /api/imports/{importId} says how far it is',
          body: { content: { 'multipart/form-data': { schema: ImportForm } } },
          response: { 202: ImportQueued },
        },
      },
      async (request, reply) => {
        const upload = await readUploadOnce(core, request, reply);
        if (!upload) return reply;
        reply.code(202);
        const started = await startSuppressionImport(core, callerOf(request), upload, request.resourceId);
        return { ...started, status: 'queued' as const };
      },
    );

    app.post(
      '/suppressions',
      {
        config: { role: 'editor' },
        schema: {
          tags,
          summary: 'Never send to this address, domain or hash again; 200 when it was suppressed already',
          body: NewSuppression,
          response: { 200: Suppression, 201: Suppression },
        },
      },
      async (request, reply) => {
        const { created, suppression } = await suppress(core, callerOf(request), request.body);
        return reply.code(created ? 201 : 200).send(suppression);
      },
    );

    app.delete(
      '/suppressions/:id',
      {
        config: { role: 'editor' },
        schema: {
          tags,
          summary: 'Allow it again; the answer says what that means',
          params: IdParams,
          response: { 200: SuppressionRemoved },
        },
      },
      (request) => removeSuppression(core, callerOf(request), request.params.id),
    );
  };
}
