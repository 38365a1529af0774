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
      if (error) return done(malformed(body, error));
      done(null, value);
    });
  });
}

function malformed(body: Buffer, error: Error): AppError {
  const at = /position (\d+)/.exec(messageOf(error))?.[1];
  const where =
    at === undefined
      ? ''
      : `, near ${JSON.stringify(body.toString('utf8').slice(Math.max(0, Number(at) - 20), Number(at) + 20))}`;
  return new AppError(
    'BODY_MALFORMED',
    `The request body is not valid JSON: ${messageOf(error)}${where}. Nothing was done.`,
    {
      cause: error,
    },
  );
}
