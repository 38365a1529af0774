import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AuditEvent, recordAudit, recordUserAudit } from '../core/audit-log.ts';
import type { Caller, Core } from '../core/context.ts';
import { auditAction } from '../domain/audit-action.ts';
import { Background } from '../lib/background.ts';
import { onlyAsks } from './request.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What it is called in the audit log, when tag, method and path do not say it. False: it has nothing to tell, or tells it itself. */
    audit?: string | false;
    /** False: a POST that only asks. */
    changes?: false;
  }
  interface FastifyRequest {
    /** What the handler knows better than the answer. */
    auditNote: AuditNote;
  }
}

interface AuditNote {
  id?: string;
  name?: string | null;
  /** Names and reasons; never a secret. */
  detail?: Record<string, unknown>;
}

/** Writes the audit log behind answers, so that nobody waits for it, and a close waits for all of it. */
export class AuditTrail {
  readonly #core: Pick<Core, 'db' | 'log'>;
  readonly #background = new Background();

  constructor(core: Pick<Core, 'db' | 'log'>) {
    this.#core = core;
  }

  record(actor: Pick<Caller, 'workspaceId' | 'userId' | 'apiKeyId'>, event: AuditEvent): void {
    this.#background.run(recordAudit(this.#core, actor, event));
  }

  /** In every workspace of a person: what happens before they have a session in one. */
  recordUser(userId: string, event: AuditEvent): void {
    this.#background.run(recordUserAudit(this.#core, userId, event));
  }

  /** Anything else that an answer must not wait for. */
  behind(work: Promise<unknown>): void {
    this.#background.run(work);
  }

  settle(): Promise<void> {
    return this.#background.settle();
  }
}

/** Where a request comes from, for an entry of its own. */
export function originOf(request: FastifyRequest): Pick<AuditEvent, 'address' | 'requestId'> {
  return { address: request.ip, requestId: request.id };
}

/** Every request that changed something, once it was answered with success. Answers that are given again are no second change. */
export function keepAuditTrail(app: FastifyInstance, trail: AuditTrail): void {
  app.decorateRequest('auditNote', null as unknown as AuditNote);
  app.addHook('onRequest', async (request) => {
    request.auditNote = {};
  });
  app.addHook('preSerialization', async (request, _reply, payload) => {
    if (request.method !== 'GET') noteAnswer(request, payload);
    return payload;
  });
  app.addHook('onResponse', async (request, reply) => {
    const { caller } = request;
    const action = actionOf(request, reply);
    if (!caller || action === null) return;
    const { name, detail } = request.auditNote;
    const object = { kind: action.slice(0, action.indexOf('.')), id: idOf(request), name: name ?? null };
    trail.record(caller, { action, object, detail: detail ?? fieldsOf(request), ...originOf(request) });
  });
}

function actionOf(request: FastifyRequest, reply: FastifyReply): string | null {
  const { method } = request;
  const { config, schema, url = '' } = request.routeOptions;
  const tags = schema?.tags ?? [];
  if (config.audit === false || onlyAsks({ method, config, tags })) return null;
  if (reply.statusCode >= 400 || reply.getHeader('idempotency-replayed') !== undefined) return null;
  return config.audit ?? auditAction({ method, url, tags });
}

/** Recipients are named by their id alone: an address that is not written down need not be erased. */
const NAMELESS_TAGS = new Set(['contacts', 'suppressions', 'imports']);

/** What was made or changed, as the answer names it. */
function noteAnswer(request: FastifyRequest, payload: unknown): void {
  const answer = (payload ?? {}) as Readonly<Record<string, unknown>>;
  const id = firstText(answer.id, answer.campaignId, answer.importId);
  const isNameless = NAMELESS_TAGS.has(request.routeOptions.schema?.tags?.[0] ?? '');
  const name = isNameless ? null : firstText(answer.name);
  request.auditNote = { ...(id ? { id } : {}), ...(name ? { name } : {}), ...request.auditNote };
}

/** What the address of the request names goes before what its answer does. */
function idOf(request: FastifyRequest): string | null {
  const params = (request.params ?? {}) as Readonly<Record<string, unknown>>;
  const query = (request.query ?? {}) as Readonly<Record<string, unknown>>;
  const asked = firstText(query.campaignId, query.importId, query.jobId, query.workerId, query.id);
  return firstText(params.id, params.name) ?? request.auditNote.id ?? asked;
}

function firstText(...values: readonly unknown[]): string | null {
  return (values.find((value) => typeof value === 'string' && value !== '') as string | undefined) ?? null;
}

/** Which fields a change named, and which of several actions it was; values are nobody's business here. */
function fieldsOf({ method, body }: FastifyRequest): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return {};
  const { action } = body as { readonly action?: unknown };
  const named = typeof action === 'string' ? { action } : {};
  return method === 'PATCH' || method === 'PUT' ? { ...named, fields: Object.keys(body) } : named;
}
