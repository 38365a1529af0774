import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../contract/common.ts';
import { isDatabaseAway } from '../db/database.ts';
import { AppError, ERROR_CODES, messageOf } from '../errors.ts';
import { discardBody } from './discard-body.ts';
import { STATUS_OF } from './statuses.ts';

/** Every error leaves as `application/problem+json` (RFC 9457); what nobody foresaw is logged in full and says nothing. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) => answerProblem(unknownRoute(request), null, request, reply));
}

export async function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const known = asAppError(error, request);
  if (known.code === 'BODY_TOO_LARGE') await discardBody(request.raw);
  return answerProblem(known, error, request, reply);
}

export function unknownRoute(request: FastifyRequest): AppError {
  const path = request.url.split('?', 1)[0] ?? '';
  return new AppError('NOT_FOUND', `There is nothing at ${request.method} ${path}. /api/docs lists what there is.`);
}

function answerProblem(error: AppError, cause: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = STATUS_OF[error.code];
  if (status >= 500) request.log.error({ err: cause }, 'a request failed');
  const problem: Problem = {
    type: `urn:postrider:error:${error.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code: error.code,
    detail: error.message,
    errors: error.details.map(({ path, message }) => ({ path, message })),
    requestId: request.id,
  };
  if (error.retryAfterSeconds !== null) reply.header('retry-after', error.retryAfterSeconds);
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="postrider"');
  return reply.code(status).type('application/problem+json').send(problem);
}

/** An error of ours stays; Fastify's are translated; a database that is away says so; anything else is INTERNAL. */
export function asAppError(error: unknown, request: FastifyRequest): AppError {
  if (error instanceof AppError) return error;
  const { code, statusCode } = error as Partial<FastifyError>;
  if (isDatabaseAway(error)) {
    return new AppError(
      'DATABASE_UNAVAILABLE',
      'The database does not answer. What was committed is safe; try again in a moment.',
      { retryAfterSeconds: 5 },
    );
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge(request);
  if (code === 'FST_REQ_FILE_TOO_LARGE') {
    return new AppError('BODY_TOO_LARGE', 'The file is over the limit of 5 GB. Nothing was stored. Split it.');
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    const type = request.headers['content-type'] ?? 'no content type';
    return new AppError('UNSUPPORTED_MEDIA_TYPE', `${type} is not accepted here: send application/json.`);
  }
  if (typeof code === 'string' && code.startsWith('FST_') && statusCode !== undefined && statusCode < 500) {
    return new AppError('BODY_MALFORMED', messageOf(error));
  }
  return new AppError('INTERNAL', `${ERROR_CODES.INTERNAL} The log has the details under request ${request.id}.`);
}

function tooLarge(request: FastifyRequest): AppError {
  const limit = request.routeOptions.bodyLimit ?? 0;
  const megabytes = Math.round((limit / 1024 / 1024) * 10) / 10;
  return new AppError(
    'BODY_TOO_LARGE',
    `The request body is over the limit of ${megabytes} MB. Nothing was stored. Import large audiences as a file with POST /api/queue/leads/import and send to the list.`,
  );
}
