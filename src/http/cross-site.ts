import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A page of somebody else must not act with our cookie (CSRF). Browsers say where a request comes from and pages cannot
 * change it: Sec-Fetch-Site, or Origin in older ones. `required`: a request that says neither is refused as well.
 */
export function refuseCrossSite(request: FastifyRequest, baseUrl: string, proof: 'required' | 'if-said'): void {
  if (SAFE_METHODS.has(request.method) && !opensWebSocket(request)) return;
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (
    site !== undefined
      ? site === 'same-origin'
      : origin !== undefined
        ? isOwn(origin, request, baseUrl)
        : proof === 'if-said'
  )
    return;
  throw new AppError(
    'FORBIDDEN',
    'This request comes from another site, or does not say where from. Programs use an API key instead of the cookie. Nothing was done.',
  );
}

/** A GET that any page can make, and read the answers of: browsers ask nobody before they open one. */
function opensWebSocket(request: FastifyRequest): boolean {
  return request.headers.upgrade?.toLowerCase() === 'websocket';
}

function isOwn(origin: string, request: FastifyRequest, baseUrl: string): boolean {
  return origin === `${request.protocol}://${request.host}` || origin === new URL(baseUrl).origin;
}
