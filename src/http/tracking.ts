import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Destinations } from '../core/click.ts';
import type { Core } from '../core/context.ts';
import { HitLimit } from '../core/hit-limit.ts';
import { isOwnLinkCheck } from '../core/link-domain.ts';
import { TEST_UNSUBSCRIBE_TOKEN } from '../core/test-send.ts';
import { TrackingRecorder } from '../core/tracking-recorder.ts';
import { WebVersions } from '../core/web-version.ts';
import { AppError } from '../errors.ts';
import { testPage } from './pages/unsubscribe-page.ts';
import { WEB_VERSION_POLICY, webVersionPage } from './pages/web-version-page.ts';
import { preparePublicPages, sendPage } from './public-pages.ts';

type TokenRoute = { Params: { token: string } };

const hidden = { schema: { hide: true } };

/** One transparent pixel, GIF89a. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/**
 * Where tracked links, the picture at the end of a message and the link to its web version lead. What was not made here is refused before anything is
 * looked up. HEAD is answered as GET is, and counts as nothing: only programs ask so.
 */
export function serveTracking(core: Core) {
  return async (app: FastifyInstance) => {
    preparePublicPages(app);
    const recorder = new TrackingRecorder(core);
    const destinations = new Destinations(core);
    const versions = new WebVersions(core);
    const limit = new HitLimit();
    app.addHook(
      'onReady',
      () =>
        void recorder
          .takeLeftovers()
          .catch((error: unknown) =>
            core.log.warn({ err: error }, 'clicks of before could not be read; they are tried again'),
          ),
    );
    app.addHook('onClose', () => recorder.close());

    app.get<TokenRoute>('/c/:token', hidden, async (request, reply) => {
      const { token } = request.params;
      const ref = core.linkTokens.read('click', token);
      const url = ref && (await destinations.of(ref));
      if (!ref || !url) throw notOurs();
      if (counts(request, token)) {
        const { link, sendId, seq } = ref;
        recorder.add({ type: 'clicked', ref: { sendId, seq }, link, url, ...visitorOf(request) });
      }
      return unkept(reply).header('referrer-policy', 'no-referrer').redirect(url, 302);
    });

    app.get<TokenRoute>('/o/:token', hidden, async (request, reply) => {
      const { token } = request.params;
      const ref = core.linkTokens.read('open', token);
      if (!ref) throw notOurs();
      const { sendId, seq } = ref;
      if (counts(request, token)) recorder.add({ type: 'opened', ref: { sendId, seq }, ...visitorOf(request) });
      // Mail that is read in a browser loads it from another site.
      return unkept(reply).header('cross-origin-resource-policy', 'cross-origin').type('image/gif').send(PIXEL);
    });

    app.get<TokenRoute>('/v/:token', hidden, async (request, reply) => {
      const { token } = request.params;
      if (token === TEST_UNSUBSCRIBE_TOKEN) return sendPage(reply, testPage());
      const page = webVersionPage(await versions.of(token));
      return unkept(reply)
        .header('content-security-policy', WEB_VERSION_POLICY)
        .type('text/html; charset=utf-8')
        .send(page);
    });

    // The installation asks itself whether a domain leads here: core/link-domain.ts.
    app.get<TokenRoute>('/l/:token', hidden, async (request, reply) => {
      if (!isOwnLinkCheck(core, request.params.token)) throw notOurs();
      return unkept(reply).code(204).send();
    });

    const counts = (request: FastifyRequest, token: string) => request.method !== 'HEAD' && limit.allows(token);
  };
}

function unkept(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store').header('x-robots-tag', 'noindex, nofollow');
}

function visitorOf(request: FastifyRequest): { agent: string | null; ip: string } {
  return { agent: request.headers['user-agent']?.slice(0, 500) ?? null, ip: request.ip };
}

function notOurs(): AppError {
  return new AppError(
    'NOT_FOUND',
    'This link is not one of ours, or is cut short, or its message is gone. Open it from the message again.',
  );
}
