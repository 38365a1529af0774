import multipart from '@fastify/multipart';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { ImportLeadsBody, ImportQuery, ImportQueued, ImportStatus } from '../../contract/imports.ts';
import type { Core } from '../../core/context.ts';
import { cancelImport, getImport, startImportOfLeads } from '../../core/imports.ts';
import { startImportOfUpload } from '../../core/upload-import.ts';
import { AppError } from '../../errors.ts';
import { beginRequest } from '../idempotency.ts';
import { callerOf } from '../request.ts';
import { MOST_UPLOAD_BYTES, readUploadOnce } from '../upload.ts';

const tags = ['imports'];

const UploadForm = Type.Unsafe<unknown>({
  type: 'object',
  description: 'The file, and the same fields as with JSON; `mapping` is JSON: header → field, or null to leave it out',
  properties: {
    file: {
      type: 'string',
      format: 'binary',
      description:
        'CSV with a header row (delimiter , ; tab or |; UTF-8, UTF-16 or windows-1252), JSONL, JSON (an array of objects, or an object with one array), or the first sheet of XLSX (20 MB, 200 MB unpacked). What it is shows in its content. Not compressed',
    },
    listId: { type: 'string' },
    listName: { type: 'string' },
    mode: { type: 'string', enum: ['merge', 'overwrite', 'skip'] },
    mapping: { type: 'string' },
    checks: { type: 'string', description: 'JSON, as with JSON' },
    consent: { type: 'string' },
    dryRun: { type: 'string', enum: ['true', 'false'] },
  },
});

/** Contacts in, as JSON or as a file; a worker does the work. */
export function leadsImportRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(multipart, {
      limits: { fileSize: MOST_UPLOAD_BYTES, files: 1, fields: 10, fieldSize: 256 * 1024 },
    });
    app.post(
      '/queue/leads/import',
      {
        config: { role: 'editor', idempotency: 'handler', operation: 'leads-import' },
        schema: {
          tags,
          summary: 'Import contacts',
          body: {
            content: { 'application/json': { schema: ImportLeadsBody }, 'multipart/form-data': { schema: UploadForm } },
          },
          response: { 202: ImportQueued },
        },
      },
      async (request, reply) => {
        const caller = callerOf(request);
        reply.code(202);
        if (!request.isMultipart()) {
          if (await beginRequest(core, request, reply, request.bodyHash)) return reply;
          const body = request.body as ImportLeadsBody | undefined;
          if (body === undefined) throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send JSON or a multipart form.');
          return { ...(await startImportOfLeads(core, caller, body, request.resourceId)), status: 'queued' as const };
        }
        const upload = await readUploadOnce(core, request, reply);
        if (!upload) return reply;
        return { ...(await startImportOfUpload(core, caller, upload, request.resourceId)), status: 'queued' as const };
      },
    );

    app.get(
      '/queue/leads/import',
      {
        config: { role: 'viewer' },
        schema: { tags, summary: 'How far an import is', querystring: ImportQuery, response: { 200: ImportStatus } },
      },
      (request) => getImport(core, callerOf(request), request.query.importId),
    );

    app.delete(
      '/queue/leads/import',
      {
        config: { role: 'editor' },
        schema: {
          tags,
          summary: 'Cancel an import; what was committed stays and is reported',
          querystring: ImportQuery,
          response: { 200: ImportStatus },
        },
      },
      (request) => cancelImport(core, callerOf(request), request.query.importId),
    );
  };
}
