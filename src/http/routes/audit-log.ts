import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { AuditEntry, AuditQuery } from '../../contract/audit-log.ts';
import { Page } from '../../contract/common.ts';
import { exportAudit, listAudit } from '../../core/audit-log.ts';
import type { Core } from '../../core/context.ts';
import { csvReply } from '../replies.ts';
import { callerOf } from '../request.ts';

/** Who did what. */
export function auditLogRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/audit-log',
      {
        config: { role: 'admin' },
        schema: {
          tags: ['audit-log'],
          summary: 'Who changed what, when and from where, newest first; format=csv streams all of it',
          querystring: AuditQuery,
          response: { 200: csvReply(Page(AuditEntry), 'A page, or all of it as CSV') },
        },
      },
      async (request, reply) => {
        if (request.query.format !== 'csv') return listAudit(core, callerOf(request), request.query);
        reply.header('content-disposition', 'attachment; filename="audit-log.csv"');
        const lines = exportAudit(core, callerOf(request), request.query);
        return reply.type('text/csv; charset=utf-8').send(Readable.from(lines));
      },
    );
  };
}
