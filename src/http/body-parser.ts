import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { AppError, messageOf } from '../errors.ts';

/** What a JSON body may be; larger audiences come as a file. */
export const JSON_LIMIT_BYTES = 32 * 1024 * 1024;

/** JSON only, as bytes first: an idempotent request is recognised by them. An empty body counts as none. */
export function parseJsonBodies(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (request.headers['idempotency-key'] !== undefined) request.bodyHash = createHash('sha256').update(body).digest();
    if (body.length === 0) return done(null, undefined);
    void parseJson(request, body.toString('utf8'), (error, value) => {
      if (error) return done(malformed(body.toString('utf8')));
      done(null, value);
    });
  });
}

/** Fastify's own error does not say where. */
function malformed(text: string): AppError {
  try {
    JSON.parse(text);
  } catch (error) {
    const at = Number(/position (\d+)/.exec(messageOf(error))?.[1] ?? text.length);
    const near = JSON.stringify(text.slice(Math.max(0, at - 20), at + 20));
    const message = `The request body is not valid JSON: ${messageOf(error)}, near ${near}. Nothing was done.`;
    return new AppError('BODY_MALFORMED', message, { cause: error });
  }
  return new AppError(
    'BODY_MALFORMED',
    'The request body holds the field __proto__ or constructor.prototype. Nothing was done.',
  );
}
