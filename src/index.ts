/**
 * Postrider inside another program: the whole of it, or its parts.
 *
 * ```ts
 * const postrider = await createPostrider({ dataDir: './mail', port: 3000 });
 * const { jobId } = await postrider.campaigns.send({ subject: 'Hello {{firstName}}', textContent: 'Hi', audience: [{ email: 'ada@example.com' }] });
 * ```
 */
import type { Alert } from './contract/alerts.ts';
import type { CampaignStatus, SendCampaignBody } from './contract/campaigns.ts';
import type { ImportLeadsBody, ImportStatus } from './contract/imports.ts';
import type { Operation } from './contract/queue.ts';
import type { LimitedOperation, RateLimitStatus } from './contract/rate-limits.ts';
import type { Throughput } from './contract/throughput.ts';
import type { PoolStats, StartupStatus, WorkerInfo } from './contract/workers.ts';
import { listAlertPage } from './core/alerts.ts';
import { cancelCampaign, pauseCampaign, resumeCampaign } from './core/campaign-control.ts';
import { findCampaignStatus, jobIdOf } from './core/campaign-status.ts';
import { sendCampaign } from './core/campaigns.ts';
import type { Caller } from './core/context.ts';
import { cancelImport, getImport, startImportOfLeads } from './core/imports.ts';
import { getOperation, listOperations } from './core/progress.ts';
import { ProgressFeed } from './core/progress-feed.ts';
import { RateLimits, subjectOf } from './core/rate-limits.ts';
import { throughput } from './core/throughput.ts';
import { controlPool, controlStartup, listPool } from './core/worker-pool.ts';
import { notFound } from './errors.ts';
import { readConfig, type StartOptions, startPostrider } from './main.ts';

export type {
  Alert,
  CampaignStatus,
  ImportLeadsBody,
  ImportStatus,
  LimitedOperation,
  Operation,
  PoolStats,
  RateLimitStatus,
  SendCampaignBody,
  StartupStatus,
  Throughput,
  WorkerInfo,
};

export interface PostriderOptions {
  /** The embedded database, built-in mailbox and generated secrets live here (`DATA_DIR`, ./data). */
  readonly dataDir?: string;
  /** Where API and dashboard listen (`PORT`, 3000); 0 finds a free one. */
  readonly port?: number;
  readonly host?: string;
  /** PostgreSQL >= 14 instead of the embedded one; then `APP_SECRET` is required. */
  readonly databaseUrl?: string;
  /** Redis or Valkey for queues, live events and API limits. */
  readonly redisUrl?: string;
  /** Further variables of docs/operations.md, above those of the process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** HTTP API and dashboard; default true. */
  readonly api?: boolean;
  /**
   * Who sends. `inside` (default): one worker in this process. `processes`: worker processes as there is work for.
   * `none`: somebody else does.
   */
  readonly workers?: StartOptions['workers'];
}

/** What runs, and what can be asked of it. Everything acts as the owner of the first workspace. */
export interface PostriderInstance {
  /** Address of dashboard and API; null without them. */
  readonly url: string | null;
  readonly campaigns: {
    /** Queues a campaign; throws VALIDATION, TEMPLATE_SYNTAX or CAMPAIGN_NOT_READY with what to do. */
    send(campaign: SendCampaignBody): Promise<{ jobId: string; campaignId: string }>;
    /** Throws NOT_FOUND. */
    status(jobId: string): Promise<CampaignStatus>;
    pause(campaignId: string): Promise<void>;
    resume(campaignId: string): Promise<void>;
    cancel(campaignId: string): Promise<void>;
  };
  readonly leads: {
    /** Queues an import of contacts; returns its id. */
    import(leads: ImportLeadsBody['leads'], options?: Omit<ImportLeadsBody, 'leads'>): Promise<string>;
    status(importId: string): Promise<ImportStatus>;
    cancel(importId: string): Promise<void>;
  };
  readonly progress: {
    /** An operation by the id of its campaign or import; throws NOT_FOUND. */
    get(id: string): Promise<Operation>;
    list(): Promise<Operation[]>;
    /** Calls back with every operation that changes, within a second; returns a function that ends it. */
    subscribe(listener: (operation: Operation) => void): () => void;
  };
  readonly rateLimits: {
    /** Counts `cost` operations if they are allowed, and tells how things stand. */
    check(operation: LimitedOperation, cost?: number): Promise<RateLimitStatus>;
    status(operation: LimitedOperation): Promise<RateLimitStatus>;
  };
  readonly workers: {
    /** Bounds and target (emails an hour) of autoscaling; for workers in processes of their own. */
    initialize(options?: {
      readonly minWorkers?: number;
      readonly maxWorkers?: number;
      readonly targetThroughput?: number;
      readonly autoStart?: boolean;
    }): Promise<StartupStatus>;
    /** So many from now on; null: as there is work. */
    scale(count: number | null): Promise<void>;
    stats(): Promise<PoolStats>;
    health(): Promise<WorkerInfo[]>;
    /** Hour by hour, and minute by minute in the last one. */
    throughput(hours?: number): Promise<Throughput>;
    /** Alerts that are raised now. */
    alerts(): Promise<Alert[]>;
  };
  /** Finishes what is in flight, keeps the rest for the next start, and ends everything that was started. */
  stop(): Promise<void>;
}

/** Starts Postrider; throws CONFIG_INVALID with every problem of the configuration. */
export async function createPostrider(options: PostriderOptions = {}): Promise<PostriderInstance> {
  const { api = true, workers = 'inside' } = options;
  const config = readConfig({ ...process.env, LOG_LEVEL: 'warn', ...options.environment, ...environmentOf(options) });
  const postrider = await startPostrider(config, { api, workers });
  const { core } = postrider;
  const caller: Caller = { workspaceId: postrider.workspaceId, role: 'owner', userId: null };
  const feed = new ProgressFeed(core);
  const limits = new RateLimits(core);
  return {
    url: postrider.url,
    campaigns: {
      send: async (campaign) => {
        const { id } = await sendCampaign(core, caller, campaign);
        return { jobId: jobIdOf(id), campaignId: id };
      },
      status: async (jobId) => {
        const status = await findCampaignStatus(core.db, caller.workspaceId, jobId);
        if (!status) throw notFound('job', jobId);
        return status;
      },
      pause: async (id) => void (await pauseCampaign(core, caller, id)),
      resume: async (id) => void (await resumeCampaign(core, caller, id)),
      cancel: async (id) => void (await cancelCampaign(core, caller, id)),
    },
    leads: {
      import: async (leads, target = {}) => (await startImportOfLeads(core, caller, { ...target, leads })).importId,
      status: (id) => getImport(core, caller, id),
      cancel: async (id) => void (await cancelImport(core, caller, id)),
    },
    progress: {
      get: (id) => getOperation(core, caller, id),
      list: () => listOperations(core, caller.workspaceId),
      subscribe: (listener) => feed.subscribe(caller.workspaceId, ({ operation }) => listener(operation)),
    },
    rateLimits: {
      check: (operation, cost = 1) => limits.check(subjectOf(caller), operation, cost),
      status: (operation) => limits.status(subjectOf(caller), operation),
    },
    workers: {
      initialize: ({ minWorkers, maxWorkers, targetThroughput, autoStart } = {}) =>
        controlStartup(core, {
          action: 'initialize',
          ...(minWorkers === undefined ? {} : { min_workers: minWorkers }),
          ...(maxWorkers === undefined ? {} : { max_workers: maxWorkers }),
          ...(targetThroughput === undefined ? {} : { target_throughput: targetThroughput }),
          ...(autoStart === undefined ? {} : { auto_start: autoStart }),
        }),
      scale: async (count) => void (await controlPool(core, { action: 'scale', count })),
      stats: async () => (await listPool(core)).stats,
      health: async () => (await listPool(core)).workers,
      throughput: (hours = 24) => throughput(core, caller.workspaceId, hours),
      alerts: async () => (await listAlertPage(core, caller, { state: 'open' })).items,
    },
    stop: async () => {
      limits.close();
      await feed.close();
      await postrider.stop();
    },
  };
}

function environmentOf({ dataDir, port, host, databaseUrl, redisUrl }: PostriderOptions): Record<string, string> {
  const given = { DATA_DIR: dataDir, PORT: port, HOST: host, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl };
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said.map(([name, value]) => [name, String(value)]));
}
