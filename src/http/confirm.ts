import type { FastifyInstance } from 'fastify';
import { confirm, decline, readConfirmation } from '../core/confirm.ts';
import type { Core } from '../core/context.ts';
import { confirmedPage, confirmPage, declinedPage, declinePage } from './pages/confirm-page.ts';
import { actOf, preparePublicPages, sendPage } from './public-pages.ts';

type TokenRoute = { Params: { token: string } };

const hidden = { schema: { hide: true } };

/** The pages behind the links of a mail that asks for confirmation. GET asks, POST acts: scanners follow links. */
export function serveConfirmations(core: Core) {
  return async (app: FastifyInstance) => {
    preparePublicPages(app);

    app.get<TokenRoute>('/confirm/:token', hidden, async (request, reply) =>
      sendPage(reply, confirmPage(await readConfirmation(core, request.params.token, 'confirm'))),
    );
    app.post<TokenRoute>('/confirm/:token', hidden, async (request, reply) =>
      sendPage(reply, confirmedPage(await confirm(core, request.params.token, actOf(request, 'mail')))),
    );
    app.get<TokenRoute>('/decline/:token', hidden, async (request, reply) =>
      sendPage(reply, declinePage(await readConfirmation(core, request.params.token, 'decline'))),
    );
    app.post<TokenRoute>('/decline/:token', hidden, async (request, reply) => {
      await decline(core, request.params.token);
      return sendPage(reply, declinedPage());
    });
  };
}
