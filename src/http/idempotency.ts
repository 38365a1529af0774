import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../core/context.ts';
import { beginIdempotent, dropClaim, keepAnswer } from '../core/idempotency.ts';
import type { Claim } from '../db/idempotency.ts';
import { AppError } from '../errors.ts';
import { uuid7 } from '../lib/uuid7.ts';

declare module 'fastify' {
  interface FastifyRequest {
    idempotencyClaim: Claim | null;
  }
}

type IdempotencyCore = Pick<Core, 'db' | 'secrets' | 'log'>;

/** `Idempotency-Key` on every POST of the API: the first answer is kept for 24 hours and given again. */
export function keepIdempotent(app: FastifyInstance, core: IdempotencyCore): void {
  app.addHook('preHandler', async (request, reply) => {
    if (request.method !== 'POST') return;
    request.resourceId = uuid7();
    if (request.routeOptions.config.idempotency === 'handler') return;
    if (await beginRequest(core, request, reply, request.bodyHash)) return reply;
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const claim = request.idempotencyClaim;
    if (!claim) return;
    request.idempotencyClaim = null;
    const body = typeof payload === 'string' ? payload : '';
    await (reply.statusCode >= 500
      ? dropClaim(core, claim)
      : keepAnswer(core, claim, { status: reply.statusCode, body })
    ).catch((error: unknown) => core.log.error({ err: error }, 'an idempotent answer could not be kept'));
  });
}

/** Begins the request, or answers it with what the first one was answered; true when that has happened. */
export async function beginRequest(
  core: IdempotencyCore,
  request: FastifyRequest,
  reply: FastifyReply,
  bodyHash: Buffer | null,
): Promise<boolean> {
  const key = readKey(request);
  if (key === null || !request.caller) return false;
  const requestHash = hashOf(request.method, request.url, bodyHash ?? '');
  const begun = await beginIdempotent(core, { workspaceId: request.caller.workspaceId, key, requestHash });
  if ('claim' in begun) {
    request.idempotencyClaim = begun.claim;
    request.resourceId = begun.claim.resourceId;
    return false;
  }
  const { status, body } = begun.answer;
  const type = status >= 400 ? 'application/problem+json' : 'application/json; charset=utf-8';
  await reply.header('idempotency-replayed', 'true').code(status).type(type).send(body);
  return true;
}

function readKey(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  const message = 'must be one value of 1 to 255 printable ASCII characters';
  throw new AppError('VALIDATION', `Idempotency-Key ${message}`, { details: [{ path: 'Idempotency-Key', message }] });
}

function hashOf(...parts: Array<string | Buffer>): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest();
}
