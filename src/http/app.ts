import type http from 'node:http';
import cookie from '@fastify/cookie';
import websocket, { type WebsocketPluginOptions } from '@fastify/websocket';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { ApiKeyAuthenticator } from '../core/api-keys.ts';
import type { Core } from '../core/context.ts';
import type { LoadSource } from '../core/load-watch.ts';
import { LoginLimit } from '../core/login-limit.ts';
import { OidcLogin, type OidcSettings } from '../core/oidc.ts';
import type { HookTools } from '../core/provider-hooks.ts';
import { RateLimits } from '../core/rate-limits.ts';
import type { SandboxControls } from '../core/sandbox.ts';
import { packageVersion } from '../lib/package-version.ts';
import { uuid7 } from '../lib/uuid7.ts';
import { AuditTrail, keepAuditTrail } from './audit.ts';
import { authenticateRequests } from './auth.ts';
import type { AuthParts } from './auth-parts.ts';
import { JSON_LIMIT_BYTES, parseJsonBodies } from './body-parser.ts';
import { mountBullBoard } from './bull-board.ts';
import { serveConfirmations } from './confirm.ts';
import { handleErrors, unknownRoute } from './error-handler.ts';
import { serveForms } from './form-pages.ts';
import { serveHealth } from './health.ts';
import { keepIdempotent } from './idempotency.ts';
import { metricsRoutes } from './metrics.ts';
import { describeApi } from './openapi.ts';
import { ProcessMetrics } from './process-metrics.ts';
import { serveProviderHooks } from './provider-hooks.ts';
import { limitRequests } from './rate-limits.ts';
import { accountRoutes } from './routes/accounts.ts';
import { alertRoutes } from './routes/alerts.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { auditLogRoutes } from './routes/audit-log.ts';
import { authRoutes } from './routes/auth.ts';
import { authFactorRoutes } from './routes/auth-factors.ts';
import { authInvitationRoutes } from './routes/auth-invitation.ts';
import { authOidcRoutes } from './routes/auth-oidc.ts';
import { authPasswordRoutes } from './routes/auth-password.ts';
import { authSessionRoutes } from './routes/auth-sessions.ts';
import { bounceMailboxRoutes } from './routes/bounce-mailboxes.ts';
import { campaignJobRoutes } from './routes/campaign-jobs.ts';
import { campaignRecipientRoutes } from './routes/campaign-recipients.ts';
import { campaignRoutes } from './routes/campaigns.ts';
import { consentRoutes } from './routes/consents.ts';
import { contactAttributeRoutes } from './routes/contact-attributes.ts';
import { contactBulkRoutes } from './routes/contact-bulk.ts';
import { contactErasureRoutes } from './routes/contact-erasure.ts';
import { contactExportRoutes } from './routes/contact-export.ts';
import { contactRoutes } from './routes/contacts.ts';
import { contentRoutes } from './routes/content.ts';
import { domainRoutes } from './routes/domains.ts';
import { emailRoutes } from './routes/emails.ts';
import { eventRoutes } from './routes/events.ts';
import { formRoutes } from './routes/forms.ts';
import { importRoutes } from './routes/imports.ts';
import { invitationRoutes } from './routes/invitations.ts';
import { leadsImportRoutes } from './routes/leads-import.ts';
import { listRoutes } from './routes/lists.ts';
import { overviewRoutes } from './routes/overview.ts';
import { performanceRoutes } from './routes/performance.ts';
import { progressStreamRoutes } from './routes/progress-stream.ts';
import { queueRoutes } from './routes/queue.ts';
import { queueAdminRoutes } from './routes/queue-admin.ts';
import { rateLimitRoutes } from './routes/rate-limit.ts';
import { sandboxRoutes } from './routes/sandbox.ts';
import { segmentRoutes } from './routes/segments.ts';
import { seriesRoutes } from './routes/series.ts';
import { settingsRoutes } from './routes/settings.ts';
import { setupRoutes } from './routes/setup.ts';
import { suppressionRoutes } from './routes/suppressions.ts';
import { templateRoutes } from './routes/templates.ts';
import { userRoutes } from './routes/users.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { workerRoutes } from './routes/workers.ts';
import { workspaceUserRoutes } from './routes/workspace-users.ts';
import { workspaceRoutes } from './routes/workspaces.ts';
import { sendSecurityHeaders } from './security-headers.ts';
import { buildSerializer } from './serialization.ts';
import { serveDashboard } from './static.ts';
import { traceRequests } from './tracing.ts';
import { serveTracking } from './tracking.ts';
import { serveUnsubscribe } from './unsubscribe.ts';
import { validateRequests } from './validation.ts';

export interface HttpOptions {
  /** Proxies whose X-Forwarded-* headers count, as addresses and CIDRs with commas between them. Default: none. */
  readonly trustProxy?: string;
  /** The built-in mailbox that runs in this process. */
  readonly sandbox?: { readonly controls: SandboxControls } | null;
  /** The built dashboard; by default web/dist of the package. */
  readonly webDir?: string;
  /** Whether /metrics answers everybody, about every workspace. */
  readonly metricsPublic?: boolean;
  /** Whether requests are held to limits; by default they are. */
  readonly rateLimits?: boolean;
  /** Whether Bull Board is mounted at /admin/queues; by default it is not. */
  readonly bullBoard?: boolean;
  /** What these limits shrink by; by default what this process measures. */
  readonly load?: LoadSource;
  /** Clock and fetch of the webhooks of providers; by default the real ones. */
  readonly hooks?: HookTools;
  /** Login by an identity elsewhere; by default there is none. */
  readonly oidc?: OidcSettings | null;
}

/** The whole HTTP side, not listening yet. */
export async function buildApp(core: Core, options: HttpOptions = {}): Promise<FastifyInstance> {
  const app = Fastify<http.Server>({
    loggerInstance: core.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: JSON_LIMIT_BYTES,
    trustProxy: options.trustProxy ?? false,
    genReqId: () => uuid7(),
    routerOptions: { maxParamLength: 500 },
    schemaController: { compilersFactory: { buildSerializer } },
  });
  const version = packageVersion();
  app.decorateRequest('caller', null);
  app.decorateRequest('bodyHash', null);
  app.decorateRequest('resourceId', '');
  app.decorateRequest('idempotencyClaim', null);
  const measured = new ProcessMetrics(core.db.pool);
  measured.watch(app);
  traceRequests(app);
  handleErrors(app);
  validateRequests(app);
  parseJsonBodies(app);
  await sendSecurityHeaders(app, core.baseUrl);
  await app.register(cookie);
  await app.register(websocket, webSockets);
  await describeApi(app, version, core.baseUrl);
  serveHealth(app, core, version);
  const keys = new ApiKeyAuthenticator(core);
  // A key that was revoked on another node stops working here as well.
  const unsubscribe = core.events.subscribe((event) => event.kind === 'access' && keys.forget());
  app.addHook('onClose', async () => unsubscribe());
  await app.register(metricsRoutes(core, keys, measured, options.metricsPublic ?? false));
  await app.register(apiRoutes(core, keys, options), { prefix: '/api' });
  if (options.bullBoard) await mountBullBoard(app, core, keys);
  await app.register(serveProviderHooks(core, options.hooks));
  await app.register(serveUnsubscribe(core));
  await app.register(serveTracking(core));
  await app.register(serveConfirmations(core));
  await app.register(serveForms(core, options.rateLimits ?? true));
  await serveDashboard(app, options.webDir);
  return app;
}

/** Routes close their sockets themselves, with a reason. A socket that breaks, or says too much, is closed by its library. */
const webSockets: WebsocketPluginOptions = {
  options: { maxPayload: 4096 },
  errorHandler: (error, _socket, request) => request.log.debug({ err: error }, 'a WebSocket broke'),
  preClose: (done) => done(),
};

/** One file a noun. */
const ROUTES = [
  campaignRoutes,
  campaignJobRoutes,
  campaignRecipientRoutes,
  emailRoutes,
  performanceRoutes,
  overviewRoutes,
  queueRoutes,
  queueAdminRoutes,
  workerRoutes,
  progressStreamRoutes,
  leadsImportRoutes,
  importRoutes,
  contactRoutes,
  contactAttributeRoutes,
  contactBulkRoutes,
  contactErasureRoutes,
  contactExportRoutes,
  listRoutes,
  suppressionRoutes,
  consentRoutes,
  eventRoutes,
  bounceMailboxRoutes,
  formRoutes,
  templateRoutes,
  contentRoutes,
  accountRoutes,
  workspaceUserRoutes,
  domainRoutes,
  userRoutes,
  segmentRoutes,
  settingsRoutes,
  alertRoutes,
  seriesRoutes,
  webhookRoutes,
  invitationRoutes,
  workspaceRoutes,
  auditLogRoutes,
  setupRoutes,
];

const AUTH_ROUTES = [
  authRoutes,
  authPasswordRoutes,
  authSessionRoutes,
  authFactorRoutes,
  authInvitationRoutes,
  authOidcRoutes,
];

/** Everything below /api/ shares authentication, limits and idempotency. */
function apiRoutes(core: Core, keys: ApiKeyAuthenticator, options: HttpOptions) {
  const { sandbox = null, rateLimits: isLimited = true } = options;
  return async (api: FastifyInstance) => {
    const limits = new RateLimits(core, options.load);
    const trail = new AuditTrail(core);
    const oidc = options.oidc ? new OidcLogin(core, options.oidc) : null;
    const parts: AuthParts = { core, trail, limit: new LoginLimit(), oidc };
    api.addHook('onClose', async () => {
      limits.close();
      await trail.settle();
    });
    authenticateRequests(api, core, keys);
    if (isLimited) limitRequests(api, limits);
    keepIdempotent(api, core);
    keepAuditTrail(api, trail);
    for (const routes of AUTH_ROUTES) await api.register(routes(parts));
    for (const routes of ROUTES) await api.register(routes(core));
    await api.register(rateLimitRoutes(limits));
    await api.register(apiKeyRoutes(core, () => keys.forget()));
    await api.register(sandboxRoutes(core, sandbox));
    // In front of the dashboard's pages, which answer whatever is left.
    api.all('/*', { schema: { hide: true }, config: { role: 'viewer' } }, (request) => {
      throw unknownRoute(request);
    });
  };
}
