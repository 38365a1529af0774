import type { Alert, AlertDelivery, AlertDetail, AlertRules, AlertsQuery } from '../contract/alerts.ts';
import type { Page } from '../contract/common.ts';
import { listDeliveries } from '../db/alert-deliveries.ts';
import {
  type AlertRow,
  acknowledgeAlertRow,
  countAlerts,
  type DeliveryRow,
  deleteClearedAlert,
  findAlert,
  listAlerts,
} from '../db/alerts.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { AppError, notFound } from '../errors.ts';
import { type StoredAlertSettings, showRules } from './alert-settings.ts';
import type { Caller, Core } from './context.ts';
import { decodeCursor, toPage } from './cursor.ts';

export async function listAlertPage(core: Pick<Core, 'db'>, caller: Caller, query: AlertsQuery): Promise<Page<Alert>> {
  const { limit = 50, cursor, search, state } = query;
  const filter = {
    workspaceId: caller.workspaceId,
    ...(state === undefined ? {} : { states: state.split(',') }),
    ...(search ? { search } : {}),
  };
  const before = cursor === undefined ? {} : { before: decodeCursor(cursor, 'string') };
  const [rows, total] = await Promise.all([
    listAlerts(core.db.sql, { ...filter, ...before, limit: limit + 1 }),
    countAlerts(core.db.sql, filter),
  ]);
  return { ...toPage(rows, limit, (row) => row.id, showAlert), total };
}

/** Thresholds as they hold in the caller's workspace. */
export async function listAlertRules(core: Pick<Core, 'db'>, caller: Caller): Promise<AlertRules> {
  const { settings } = await getWorkspace(core.db.sql, caller.workspaceId);
  return showRules((settings as { alerts?: StoredAlertSettings }).alerts ?? {});
}

/** With whom was told of it, and what came of that. */
export async function getAlert(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<AlertDetail> {
  const row = await findAlert(core.db.sql, caller.workspaceId, id);
  if (!row) throw notFound('alert', id);
  const deliveries = await listDeliveries(core.db.sql, id);
  return { ...showAlert(row), deliveries: deliveries.map(showDelivery) };
}

/** Somebody looks after it: it stays until it is over. Doing it twice is no mistake. */
export async function acknowledgeAlert(
  core: Pick<Core, 'db' | 'events'>,
  caller: Caller,
  id: string,
): Promise<AlertDetail> {
  const row = await acknowledgeAlertRow(core.db.sql, caller.workspaceId, id);
  if (row) core.events.publish({ kind: 'alert', id, state: row.state });
  return getAlert(core, caller, id);
}

export async function removeAlert(core: Pick<Core, 'db' | 'events'>, caller: Caller, id: string): Promise<void> {
  if (await deleteClearedAlert(core.db.sql, caller.workspaceId, id)) {
    core.events.publish({ kind: 'alert', id });
    return;
  }
  const { state, message } = await getAlert(core, caller, id);
  throw new AppError(
    'ALERT_STANDING',
    `This alert is ${state}: "${message}" It clears itself when that is over, and can be deleted then. Nothing was changed.`,
  );
}

export function showAlert(row: AlertRow): Alert {
  return {
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    state: row.state,
    message: row.message,
    value: row.value,
    threshold: row.threshold,
    raisedAt: row.raisedAt.toISOString(),
    acknowledgedAt: row.acknowledgedAt?.toISOString() ?? null,
    clearedAt: row.clearedAt?.toISOString() ?? null,
  };
}

function showDelivery(row: DeliveryRow): AlertDelivery {
  return {
    id: row.id,
    event: row.event,
    channel: row.channel,
    target: row.target,
    state: row.state,
    attempts: row.attempts,
    lastError: row.lastError,
    nextAttemptAt: row.state === 'pending' ? row.nextAttemptAt.toISOString() : null,
    deliveredAt: row.deliveredAt?.toISOString() ?? null,
  };
}
