import type { FastifyRequest } from 'fastify';
import type { Visitor } from '../core/sessions.ts';

/** Where a request comes from, and with what. */
export function visitorOf({ ip, headers }: FastifyRequest): Visitor {
  return { address: ip, userAgent: headers['user-agent'] ?? null };
}
