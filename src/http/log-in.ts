import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Me, SecondFactorDue } from '../contract/auth.ts';
import type { Core } from '../core/context.ts';
import { describeCaller } from '../core/me.ts';
import type { Login, Session } from '../core/sessions.ts';
import { type AuditTrail, originOf } from './audit.ts';
import { setSessionCookie } from './session-cookie.ts';

/** How somebody came in, for the audit log. */
export type Way = 'password' | 'link' | 'passkey' | 'second-factor' | 'invitation' | 'oidc';

/** Gives a session its cookie and answers who it is; or asks for the second factor, without a cookie. */
export async function answerLogin(
  parts: { readonly core: Core; readonly trail: AuditTrail },
  request: FastifyRequest,
  reply: FastifyReply,
  login: Login,
  way: Way,
): Promise<Me | SecondFactorDue> {
  if ('due' in login) return login.due;
  return answerSession(parts, request, reply, login.session, way);
}

export async function answerSession(
  { core, trail }: { readonly core: Core; readonly trail: AuditTrail },
  request: FastifyRequest,
  reply: FastifyReply,
  { token, caller }: Session,
  way: Way,
): Promise<Me> {
  setSessionCookie(request, reply, core.baseUrl, token);
  const object = { kind: 'user', id: caller.userId };
  trail.record(caller, { action: 'login.succeeded', object, detail: { way }, ...originOf(request) });
  return describeCaller(core, caller);
}
