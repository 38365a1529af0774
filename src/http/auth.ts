import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiKeyAuthenticator } from '../core/api-keys.ts';
import { type Caller, type Core, hasRole } from '../core/context.ts';
import { isOperator } from '../core/operators.ts';
import { findSessionCaller } from '../core/sessions.ts';
import { opens, scopeOf } from '../domain/scopes.ts';
import { AppError } from '../errors.ts';
import { refuseCrossSite } from './cross-site.ts';
import { onlyAsks } from './request.ts';
import { sessionTokenOf } from './session-cookie.ts';
import { visitorOf } from './visitor.ts';

/**
 * Lets nobody past who does not say who they are: a Bearer API key, or the dashboard's session cookie. Then the route's
 * `role` decides, and for a key that is narrowed its scopes. A route that names no role is open to nobody but owners, so that
 * forgetting one does no harm; neither does forgetting its tag, which is what scopes go by.
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
    const refusal = await refusalOf(core, request, caller);
    if (refusal) throw refusal;
    request.caller = caller;
  });
  app.decorate('isStillAllowed', async (request) => {
    if (request.routeOptions.config.role === 'public') return true;
    const caller = await findCaller(core, keys, request);
    if (caller === null || caller.workspaceId !== request.caller?.workspaceId) return false;
    return (await refusalOf(core, request, caller)) === null;
  });
}

/** Why a caller may not; null when they may. */
async function refusalOf(core: Core, request: FastifyRequest, caller: Caller): Promise<AppError | null> {
  const { config, schema, url = '' } = request.routeOptions;
  const role = config.role ?? 'owner';
  const least = role === 'operator' ? 'admin' : role;
  if (least !== 'public' && !hasRole(caller, least)) {
    return new AppError('FORBIDDEN', `This needs the role ${least}; yours is ${caller.role}. Nothing was done.`);
  }
  if (role === 'operator' && !(await isOperator(core, caller))) return operatorsOnly();
  const tags = schema?.tags ?? [];
  if (caller.mustEnrol && tags[0] !== 'auth') {
    return new AppError(
      'SECOND_FACTOR_REQUIRED',
      'This workspace asks everybody for a second factor, and you have none yet. Set one up under Settings, Profile and security. Nothing was done.',
    );
  }
  if (!caller.scopes || config.scope === 'any') return null;
  const wanted = scopeOf({ url, tags, onlyAsks: onlyAsks({ method: request.method, config, tags }) });
  if (opens(caller.scopes, wanted)) return null;
  const needs = wanted === null ? 'This is closed to keys with scopes' : `This needs the scope ${wanted}`;
  return new AppError('FORBIDDEN', `${needs}; those of this key: ${caller.scopes.join(', ')}. Nothing was done.`);
}

export function operatorsOnly(): AppError {
  return new AppError(
    'FORBIDDEN',
    'Workers and queues belong to the whole installation: this is for administrators of its first workspace. Nothing was done.',
  );
}

async function findCaller(core: Core, keys: ApiKeyAuthenticator, request: FastifyRequest): Promise<Caller | null> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const key = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1];
    return key === undefined ? null : keys.authenticate(key);
  }
  const token = sessionTokenOf(request);
  const caller = token === undefined ? null : await findSessionCaller(core, token, visitorOf(request));
  if (caller) refuseCrossSite(request, core.baseUrl, 'required');
  return caller;
}
