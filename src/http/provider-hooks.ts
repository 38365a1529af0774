import type { FastifyInstance } from 'fastify';
import type { Core } from '../core/context.ts';
import { type HookTools, ProviderHooks } from '../core/provider-hooks.ts';
import { answerError } from './error-handler.ts';

/** SendGrid gathers events up to 768 KB (twilio.com/docs/sendgrid, Event Webhook); nobody else sends as much. */
const MOST_BYTES = 1024 * 1024;

type HookRoute = { Params: { provider: string; accountId: string } };

/**
 * Where providers send their events. Signatures are over the bytes as they came, so nothing parses them before. The answer
 * says nothing: 200 for what was taken, now or before.
 */
export function serveProviderHooks(core: Core, tools: HookTools = {}) {
  return async (app: FastifyInstance) => {
    const hooks = new ProviderHooks(core, tools);
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    app.setErrorHandler(answerError);

    app.post<HookRoute>('/hooks/:provider/:accountId', { schema: { hide: true } }, async (request, reply) => {
      const headers = request.headers as Readonly<Record<string, string | undefined>>;
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const recorded = await hooks.take(request.params, { headers, body });
      return reply.code(200).header('cache-control', 'no-store').send({ recorded });
    });
  };
}
