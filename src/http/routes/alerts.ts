import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Alert, AlertDetail, AlertRules, AlertsQuery } from '../../contract/alerts.ts';
import { IdParams, Page } from '../../contract/common.ts';
import { acknowledgeAlert, getAlert, listAlertPage, listAlertRules, removeAlert } from '../../core/alerts.ts';
import type { Core } from '../../core/context.ts';
import { nothing } from '../replies.ts';
import { callerOf } from '../request.ts';

const tags = ['alerts'];

/** Alerts raise and clear themselves; people acknowledge them. */
export function alertRoutes(core: Core): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/alerts',
      {
        config: { role: 'viewer' },
        schema: { tags, summary: 'Alerts, newest first', querystring: AlertsQuery, response: { 200: Page(Alert) } },
      },
      (request) => listAlertPage(core, callerOf(request), request.query),
    );

    app.get(
      '/alerts/rules',
      {
        config: { role: 'viewer' },
        schema: {
          tags,
          summary: 'When alerts are raised and cleared; changed with PATCH /api/settings',
          response: { 200: AlertRules },
        },
      },
      (request) => listAlertRules(core, callerOf(request)),
    );

    app.get(
      '/alerts/:id',
      {
        config: { role: 'viewer' },
        schema: {
          tags,
          summary: 'One alert, and who was told of it',
          params: IdParams,
          response: { 200: AlertDetail },
        },
      },
      (request) => getAlert(core, callerOf(request), request.params.id),
    );

    app.post(
      '/alerts/:id/acknowledge',
      {
        config: { role: 'editor' },
        schema: { tags, summary: 'Say that somebody looks after it', params: IdParams, response: { 200: AlertDetail } },
      },
      (request) => acknowledgeAlert(core, callerOf(request), request.params.id),
    );

    app.delete(
      '/alerts/:id',
      {
        config: { role: 'editor' },
        schema: { tags, summary: 'Delete an alert that is over', params: IdParams, response: nothing },
      },
      async (request, reply) => {
        await removeAlert(core, callerOf(request), request.params.id);
        return reply.code(204).send(null);
      },
    );
  };
}
