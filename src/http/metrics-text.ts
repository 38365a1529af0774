import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricsSnapshot } from '../core/metrics.ts';
import { DURATION_BOUNDS_MS } from '../lib/durations.ts';

/** A snapshot in Prometheus' text format. */
export async function metricsText(snapshot: MetricsSnapshot): Promise<string> {
  const registry = new Registry();
  addServices(registry, snapshot);
  addEmails(registry, snapshot);
  addWork(registry, snapshot);
  addLimits(registry, snapshot);
  registry.registerMetric(new StoredDurations(snapshot.durations));
  return registry.metrics();
}

function addServices(registry: Registry, { isDatabaseUp, redis }: MetricsSnapshot): void {
  const up = new Gauge({
    name: 'postrider_service_up',
    help: 'Whether what this node needs answers',
    labelNames: ['service'],
    registers: [registry],
  });
  up.set({ service: 'database' }, isDatabaseUp ? 1 : 0);
  if (redis !== 'disabled') up.set({ service: 'redis' }, redis === 'up' ? 1 : 0);
}

function addEmails(registry: Registry, { emails }: MetricsSnapshot): void {
  const total = new Counter({
    name: 'postrider_emails_total',
    help: 'Outcomes that workers recorded, by account, state and class of the reply',
    labelNames: ['account_id', 'account', 'state', 'class'],
    registers: [registry],
  });
  for (const row of emails)
    total.inc({ account_id: row.accountId, account: row.account, state: row.state, class: row.class }, row.emails);
}

function addWork(registry: Registry, { queues, campaigns, workers }: MetricsSnapshot): void {
  const registers = [registry];
  const jobs = new Gauge({
    name: 'postrider_queue_jobs',
    help: 'Jobs by queue and state',
    labelNames: ['queue', 'state'],
    registers,
  });
  for (const depth of queues) jobs.set({ queue: depth.queue, state: depth.state }, depth.jobs);
  const campaign = new Gauge({
    name: 'postrider_campaigns',
    help: 'Campaigns by state',
    labelNames: ['state'],
    registers,
  });
  for (const [state, count] of campaigns) campaign.set({ state }, count);
  const worker = new Gauge({
    name: 'postrider_workers',
    help: 'Workers heard of within a day, by state',
    labelNames: ['state'],
    registers,
  });
  for (const [state, count] of workers) worker.set({ state }, count);
}

function addLimits(registry: Registry, { limits }: MetricsSnapshot): void {
  const labelNames = ['account_id', 'account', 'window'] as const;
  const registers = [registry];
  const used = new Gauge({
    name: 'postrider_account_limit_used',
    help: 'Messages that count against a limit now, by rolling window',
    labelNames,
    registers,
  });
  const most = new Gauge({
    name: 'postrider_account_limit',
    help: 'Messages that a limit allows, by rolling window',
    labelNames,
    registers,
  });
  for (const { accountId, name, ...use } of limits) {
    const windows = [
      ['second', use.usedSecond, use.limitPerSecond],
      ['minute', use.usedMinute, use.limitPerMinute],
      ['hour', use.usedHour, use.limitPerHour],
      ['day', use.usedDay, use.limitPerDay],
    ] as const;
    for (const [window, count, limit] of windows) {
      if (limit === null) continue;
      used.set({ account_id: accountId, account: name, window }, count);
      most.set({ account_id: accountId, account: name, window }, limit);
    }
  }
}

const OPERATIONS = {
  name: 'postrider_operation_duration_seconds',
  help: 'How long workers took: message (hand-over to reply), batch, gate, record, import-chunk',
  labelNames: ['operation'] as const,
  registers: [],
};

/** A histogram that was counted elsewhere: prom-client's own can only count for itself. */
class StoredDurations extends Histogram<string> {
  readonly #stored: MetricsSnapshot['durations'];

  constructor(stored: MetricsSnapshot['durations']) {
    super(OPERATIONS);
    this.#stored = stored;
  }

  override async get() {
    const names = [...new Set(this.#stored.map((row) => row.operation))];
    return {
      ...(await new Histogram(OPERATIONS).get()),
      values: names.flatMap((operation) => this.#valuesOf(operation)),
    };
  }

  /** What Registry calls where a metric has it, and Histogram does. */
  getForPromString() {
    return this.get();
  }

  #valuesOf(operation: string) {
    const rows = this.#stored.filter((row) => row.operation === operation);
    const bounds = [...DURATION_BOUNDS_MS, Number.POSITIVE_INFINITY];
    const upTo = (bound: number) =>
      rows.filter((row) => row.uptoMs <= bound).reduce((sum, row) => sum + row.observations, 0);
    const buckets = bounds.map((bound) => ({
      metricName: `${OPERATIONS.name}_bucket`,
      labels: { operation, le: bound === Number.POSITIVE_INFINITY ? '+Inf' : bound / 1000 },
      value: upTo(bound),
    }));
    const sumSeconds = rows.reduce((sum, row) => sum + row.sumMs, 0) / 1000;
    return [
      ...buckets,
      { metricName: `${OPERATIONS.name}_sum`, labels: { operation }, value: sumSeconds },
      { metricName: `${OPERATIONS.name}_count`, labels: { operation }, value: upTo(Number.POSITIVE_INFINITY) },
    ];
  }
}
