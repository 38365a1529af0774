import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiKeyAuthenticator } from '../core/api-keys.ts';
import { type Caller, type Core, hasRole } from '../core/context.ts';
import { findSessionCaller } from '../core/sessions.ts';
import { AppError } from '../errors.ts';
import { refuseCrossSite } from './cross-site.ts';
import { sessionTokenOf } from './session-cookie.ts';

/**
 * Lets nobody past who does not say who they are: a Bearer API key, or the dashboard's session cookie. Then the route's
 * `role` decides. A route that names no role is open to nobody but owners, so that forgetting one does no harm.
 */
export function authenticateRequests(app: FastifyInstance, core: Core, keys: ApiKeyAuthenticator): void {
  app.addHook('onRequest', async (request) => {
    const role = request.routeOptions.config.role ?? 'owner';
    if (role === 'public') return;
    const caller = await findCaller(core, keys, request);
    if (!caller) {
      throw new AppError(
        'AUTHENTICATION_REQUIRED',
        'This request carries no valid API key or session. Send "Authorization: Bearer <API key>", or log in.',
      );
    }
    if (!hasRole(caller, role)) {
      throw new AppError('FORBIDDEN', `This needs the role ${role}; yours is ${caller.role}. Nothing was done.`);
    }
    request.caller = caller;
  });
  app.decorate('isStillAllowed', async (request) => {
    const caller = await findCaller(core, keys, request);
    const role = request.routeOptions.config.role ?? 'owner';
    return role === 'public' || (caller !== null && hasRole(caller, role));
  });
}

async function findCaller(core: Core, keys: ApiKeyAuthenticator, request: FastifyRequest): Promise<Caller | null> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const key = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1];
    return key === undefined ? null : keys.authenticate(key);
  }
  const token = sessionTokenOf(request);
  const caller = token === undefined ? null : await findSessionCaller(core, token);
  if (caller) refuseCrossSite(request, core.baseUrl, 'required');
  return caller;
}
