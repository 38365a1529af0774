import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_SECONDS } from '../core/sessions.ts';

const NAME = 'postrider_session';

export function sessionTokenOf(request: FastifyRequest): string | undefined {
  return request.cookies[NAME];
}

/** HttpOnly: no script reads it. Secure as soon as anything says that there is TLS in front. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, baseUrl: string, token: string): void {
  reply.setCookie(NAME, token, { ...cookieAttributes(request, baseUrl), maxAge: SESSION_SECONDS });
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply, baseUrl: string): void {
  reply.clearCookie(NAME, cookieAttributes(request, baseUrl));
}

export function cookieAttributes(request: FastifyRequest, baseUrl: string) {
  const secure = request.protocol === 'https' || (baseUrl.startsWith('https:') && !isLoopback(request.hostname));
  return { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
}

/** Somebody at the machine itself, past the proxy: a Secure cookie over plain HTTP would never come back. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}
