import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Core } from '../core/context.ts';
import { TEST_UNSUBSCRIBE_TOKEN } from '../core/test-send.ts';
import { readUnsubscribeLink, unsubscribeByLink } from '../core/unsubscribe.ts';
import { asAppError } from './error-handler.ts';
import { STATUS_OF } from './statuses.ts';
import { confirmPage, donePage, testPage, troublePage } from './unsubscribe-page.ts';

type TokenRoute = { Params: { token: string } };

/**
 * The page behind `{{unsubscribeUrl}}` and List-Unsubscribe. GET only asks, because programs follow links in mail; POST
 * acts, whether it comes from the page's form or from a mail program's one-click (RFC 8058): no login, cookie or redirect.
 */
export function serveUnsubscribe(core: Core) {
  return async (app: FastifyInstance) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 64 * 1024 }, (_request, _body, done) =>
      done(null, null),
    );
    app.setErrorHandler((thrown, request, reply) => {
      const error = asAppError(thrown, request);
      const status = STATUS_OF[error.code];
      if (status >= 500) request.log.error({ err: thrown }, 'an unsubscribe request failed');
      if (error.retryAfterSeconds !== null) reply.header('retry-after', error.retryAfterSeconds);
      return html(reply.code(status), troublePage(error.message));
    });

    app.get<TokenRoute>('/u/:token', { schema: { hide: true } }, async (request, reply) => {
      const { token } = request.params;
      if (token === TEST_UNSUBSCRIBE_TOKEN) return html(reply, testPage());
      const owner = await readUnsubscribeLink(core, token);
      return html(reply, confirmPage(owner.email, owner.sender));
    });

    app.post<TokenRoute>('/u/:token', { schema: { hide: true } }, async (request, reply) => {
      const { token } = request.params;
      if (token === TEST_UNSUBSCRIBE_TOKEN) return html(reply, testPage());
      const owner = await unsubscribeByLink(core, token);
      return html(reply, donePage(owner.email));
    });
  };
}

function html(reply: FastifyReply, page: string): FastifyReply {
  return reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(page);
}
