import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Act } from '../core/consents.ts';
import { asAppError } from './error-handler.ts';
import { troublePage } from './pages/page.ts';
import { pagePolicy } from './pages/page-style.ts';
import { STATUS_OF } from './statuses.ts';

const MOST_BYTES = 64 * 1024;

/**
 * What pages without a login share: bodies of up to 64 KB, as fields of a form or ignored; errors as pages; no cookie, so
 * there is nothing that a page of somebody else could act with (CSRF): what counts is the token in the address.
 */
export function preparePublicPages(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: MOST_BYTES },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  // One-click comes in any type: its body says nothing that the address does not (RFC 8058 section 3.2).
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_request, _body, done) =>
    done(null, null),
  );
  app.setErrorHandler((thrown, request, reply) => {
    const error = asAppError(thrown, request);
    const status = STATUS_OF[error.code];
    if (status >= 500) request.log.error({ err: thrown }, 'a page for recipients failed');
    if (error.retryAfterSeconds !== null) reply.header('retry-after', error.retryAfterSeconds);
    return sendPage(reply.code(status), troublePage(error.message));
  });
}

/** Fields of a form; none when the body is something else. */
export function fieldsOf(request: FastifyRequest): URLSearchParams {
  return request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
}

/** What a record says of who acted. */
export function actOf(request: FastifyRequest, method: Act['method'], detail: string | null = null): Act {
  return { method, detail, ip: request.ip, userAgent: request.headers['user-agent'] ?? null };
}

export function sendPage(reply: FastifyReply, page: string, formTargets: readonly string[] = []): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('content-security-policy', pagePolicy(formTargets))
    .header('x-robots-tag', 'noindex, nofollow')
    .type('text/html; charset=utf-8')
    .send(page);
}
