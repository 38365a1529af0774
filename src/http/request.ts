import type { FastifyContextConfig, FastifyRequest } from 'fastify';
import { type Caller, type Person, personOf, type Role } from '../core/context.ts';
import { AppError } from '../errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * The least role that may call a route of the API. `operator`: who runs the installation (core/operators.ts). `public`:
     * anybody. Every route below /api/ names one.
     */
    role?: Role | 'operator' | 'public';
    /** `any`: open to every key, whatever its scopes. By default tag and method decide. */
    scope?: 'any';
    /** `handler`: the body is a stream, so the handler itself begins the idempotent request. */
    idempotency?: 'handler';
  }
  interface FastifyInstance {
    /** Whether who made a request that is still open would be let in again. */
    isStillAllowed(request: FastifyRequest): Promise<boolean>;
  }
  interface FastifyRequest {
    /** Null on public routes. */
    caller: Caller | null;
    /** SHA-256 of the body as it came; only with an Idempotency-Key. */
    bodyHash: Buffer | null;
    /** The id for what a POST makes: with an Idempotency-Key the same at every try. */
    resourceId: string;
  }
}

/** Who asks. Routes that are not public always have one. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller) return request.caller;
  throw new AppError('AUTHENTICATION_REQUIRED', 'This request carries no valid API key or session.');
}

/** The person whose session it is; throws FORBIDDEN for a key. */
export function personWho(request: FastifyRequest): Person {
  return personOf(callerOf(request));
}

/** Asks without changing anything: besides reading, a POST that viewers may make, or that says so. One's own account is another matter. */
export function onlyAsks(route: {
  readonly method: string;
  readonly config: FastifyContextConfig;
  readonly tags: readonly string[];
}): boolean {
  if (['GET', 'HEAD', 'OPTIONS'].includes(route.method) || route.config.changes === false) return true;
  return route.method === 'POST' && route.config.role === 'viewer' && !OWN_TAGS.has(route.tags[0] ?? '');
}

const OWN_TAGS = new Set(['auth', 'workspaces']);
