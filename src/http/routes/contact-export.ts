import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { contactFilterFields } from '../../contract/contacts.ts';
import { readContactFilter } from '../../core/contact-filter.ts';
import type { Core } from '../../core/context.ts';
import { type ExportFormat, exportContacts } from '../../core/export.ts';
import { fileReply } from '../replies.ts';
import { callerOf } from '../request.ts';

const FORMATS = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const satisfies Record<ExportFormat, string>;

const ExportQuery = Type.Object({
  format: Type.Optional(
    Type.Union([Type.Literal('csv'), Type.Literal('jsonl'), Type.Literal('xlsx')], { default: 'csv' }),
  ),
  ...contactFilterFields,
});

/** Contacts as a file. */
export function contactExportRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/contacts/export',
      {
        config: { role: 'editor' },
        schema: {
          tags: ['contacts'],
          summary: 'Contacts as CSV, JSON lines or XLSX, streamed; importing the CSV again gives the same contacts',
          querystring: ExportQuery,
          response: { 200: fileReply(Object.values(FORMATS), 'All of them, newest first') },
        },
      },
      async (request, reply) => {
        const { format = 'csv', ...filter } = request.query;
        const stream = exportContacts(core, readContactFilter(callerOf(request), filter), format);
        reply.header('content-disposition', `attachment; filename="contacts.${format}"`);
        return reply.type(FORMATS[format]).send(stream);
      },
    );
  };
}
