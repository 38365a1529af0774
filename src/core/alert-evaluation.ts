import { ALERT_KINDS, type AlertKind } from '../contract/alerts.ts';
import { insertDeliveries, type NewDelivery } from '../db/alert-deliveries.ts';
import { listWorkspaceSettings } from '../db/alert-readings.ts';
import {
  type AlertKey,
  type AlertRow,
  clearAlert,
  deleteCondition,
  insertAlert,
  insertCondition,
  listConditions,
  listStandingAlerts,
  takeEvaluation,
  updateReading,
} from '../db/alerts.ts';
import { type Executor, inTransaction } from '../db/database.ts';
import { judge } from '../domain/alert-rules.ts';
import { type Reading, type ReadingCore, type Readings, readAll } from './alert-readings.ts';
import { ruleOf, type StoredAlertSettings } from './alert-settings.ts';
import type { Core } from './context.ts';

export type AlertCore = ReadingCore & Pick<Core, 'events'>;

/** A time in which the database did not answer, which could not be written down then. */
export interface Outage {
  readonly since: number;
  readonly until: number;
}

/** What is known of one condition in one workspace. */
interface Case extends AlertKey {
  readonly kind: AlertKind;
  readonly settings: StoredAlertSettings;
  reading: Reading | null;
  open: AlertRow | null;
  since: number | null;
}

/**
 * Looks at everything there is an alert for, and raises and clears. One process at a time does it; false when another one
 * is at it. Changes nothing about campaigns or accounts, and tells nobody itself: that is written down, and done by
 * alert-delivery.ts, so that whoever does not answer holds nothing up.
 */
export async function evaluateAlerts(core: AlertCore, outage: Outage | null = null): Promise<boolean> {
  const readings = await readAll(core);
  const changed: AlertRow[] = [];
  const mine = await inTransaction(core.db.sql, async (tx) => {
    if (!(await takeEvaluation(tx))) return false;
    for (const found of await gatherCases(tx, readings, outage)) {
      const alert = await settle(tx, found, Date.now());
      if (alert) changed.push(alert);
    }
    return true;
  });
  for (const { id, state } of changed) core.events.publish({ kind: 'alert', id, state });
  return mine;
}

/** Everything that was found, is open or waits, by workspace, kind and subject. */
async function gatherCases(tx: Executor, readings: Readings, outage: Outage | null): Promise<Case[]> {
  const workspaces = new Map(
    (await listWorkspaceSettings(tx)).map(({ id, settings }) => [
      id,
      (settings as { alerts?: StoredAlertSettings }).alerts ?? {},
    ]),
  );
  const cases = new Map<string, Case>();
  const caseOf = (key: AlertKey) => {
    const name = `${key.workspaceId} ${key.kind} ${key.subject}`;
    const known = cases.get(name);
    if (known) return known;
    const settings = workspaces.get(key.workspaceId) ?? {};
    const made: Case = { ...key, kind: key.kind as AlertKind, settings, reading: null, open: null, since: null };
    cases.set(name, made);
    return made;
  };
  for (const alert of await listStandingAlerts(tx)) {
    const { workspaceId, kind, subject } = alert;
    caseOf({ workspaceId, kind, subject }).open = alert;
  }
  for (const { workspaceId, kind, subject, since } of await listConditions(tx))
    caseOf({ workspaceId, kind, subject }).since = since.getTime();
  for (const reading of [...readings.values()].flat()) {
    const { kind, subject } = reading;
    const concerned = reading.workspaceId === null ? [...workspaces.keys()] : [reading.workspaceId];
    for (const workspaceId of concerned) addReading(caseOf({ workspaceId, kind, subject }), reading, outage);
  }
  // What could not be measured stays as it is; a kind that is not known any more is cleared.
  return [...cases.values()].filter(({ kind }) => readings.has(kind) || !ALERT_KINDS.includes(kind));
}

function addReading(into: Case, reading: Reading, outage: Outage | null): void {
  into.reading = reading;
  if (reading.kind !== 'database' || !outage) return;
  const ms = outage.until - outage.since;
  const message = `The database did not answer for ${Math.round(ms / 1000)} s, from ${new Date(outage.since).toISOString()} on.`;
  into.reading = { ...reading, value: Math.max(ms, reading.value), message };
  into.since = Math.min(into.since ?? outage.since, outage.since);
}

/** Returns an alert that was raised or cleared. */
async function settle(tx: Executor, found: Case, now: number): Promise<AlertRow | null> {
  const { reading, open, since, settings, kind } = found;
  const value = reading?.value ?? 0;
  const rule = ruleOf(settings, kind);
  switch (judge(rule, { isOpen: open !== null, since }, value, now)) {
    case 'raise':
      await deleteCondition(tx, found);
      return raise(tx, found, value, rule.raiseAt);
    case 'clear':
      return open && clear(tx, open, settings, value);
    case 'keep':
      if (open && reading && (open.value !== value || open.message !== reading.message))
        await updateReading(tx, open.id, value, reading.message);
      return null;
    case 'wait':
      if (since === null) await insertCondition(tx, found, new Date(now));
      return null;
    case 'rest':
      if (since !== null) await deleteCondition(tx, found);
      return null;
  }
}

async function raise(tx: Executor, found: Case, value: number, threshold: number): Promise<AlertRow | null> {
  const { workspaceId, kind, subject, settings, reading } = found;
  const alert = await insertAlert(tx, {
    workspaceId,
    kind,
    subject,
    message: reading?.message ?? '',
    value,
    threshold,
  });
  if (!alert) return null;
  await insertDeliveries(tx, deliveriesOf(settings, alert.id, 'raised'));
  return alert;
}

async function clear(
  tx: Executor,
  open: AlertRow,
  settings: StoredAlertSettings,
  value: number,
): Promise<AlertRow | null> {
  const alert = await clearAlert(tx, open.id, value);
  if (!alert) return null;
  await insertDeliveries(tx, deliveriesOf(settings, alert.id, 'cleared'));
  return alert;
}

function deliveriesOf(settings: StoredAlertSettings, alertId: string, event: 'raised' | 'cleared'): NewDelivery[] {
  const { webhook, email } = settings;
  return [
    ...(webhook ? [{ alertId, event, channel: 'webhook' as const, target: webhook.url }] : []),
    ...(email?.to ?? []).map((target) => ({ alertId, event, channel: 'email' as const, target })),
  ];
}
