import type { Settings, SettingsChange } from '../contract/settings.ts';
import { type Executor, inTransaction } from '../db/database.ts';
import { countFactors } from '../db/second-factors.ts';
import { getWorkspace, lockWorkspace, updateWorkspace } from '../db/workspaces.ts';
import { changeAlertSettings, type StoredAlertSettings, showAlertSettings } from './alert-settings.ts';
import { checkAttachmentHosts } from './attachment-hosts.ts';
import { readMailbox } from './campaign-message.ts';
import { checkQuietHours, checkTimezone } from './campaign-schedule.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { readDomainLimits } from './domain-limits.ts';
import { isEnrolled } from './second-factors.ts';

type Stored = Partial<Omit<Settings, 'name' | 'alerts'>> & { readonly alerts?: StoredAlertSettings };

export async function getSettings(core: Pick<Core, 'db'>, caller: Caller): Promise<Settings> {
  return show(core.db.sql, caller.workspaceId);
}

/** Changes what is named and leaves the rest; null goes back to the built-in default. */
export async function changeSettings(
  core: Pick<Core, 'db' | 'secrets'>,
  caller: Caller,
  change: SettingsChange,
): Promise<Settings> {
  const { name, alerts, ...rest } = change;
  if (typeof rest.from === 'string') readMailbox(rest.from, 'from');
  if (typeof rest.timezone === 'string') checkTimezone(rest.timezone, 'timezone', 'refused');
  if (typeof rest.returnPathDomain === 'string') checkDomainName(rest.returnPathDomain, 'returnPathDomain', 'bounces');
  if (typeof rest.trackingDomain === 'string') checkDomainName(rest.trackingDomain, 'trackingDomain', 'links');
  if (rest.attachmentHosts) checkAttachmentHosts(rest.attachmentHosts);
  if (rest.quietHours) checkQuietHours(rest.quietHours);
  if (rest.requireSecondFactor) await checkOwnFactor(core, caller);
  const limits = rest.domainLimits && readDomainLimits(rest.domainLimits);
  return inTransaction(core.db.sql, async (tx) => {
    const before = await lockWorkspace(tx, caller.workspaceId);
    const stored = before.settings as Stored;
    const merged = {
      ...stored,
      ...rest,
      ...linkDomainChange(stored, rest.trackingDomain),
      ...(limits && { domainLimits: limits }),
      ...(alerts && { alerts: changeAlertSettings(core.secrets, caller, stored.alerts ?? {}, alerts) }),
      ...(alerts === null && { alerts }),
    };
    const settings = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
    await updateWorkspace(tx, caller.workspaceId, { settings, ...(name === undefined ? {} : { name }) });
    return show(tx, caller.workspaceId);
  });
}

/** Another domain is not known to lead here. */
function linkDomainChange(stored: Stored, domain: string | null | undefined): Partial<Stored> {
  const wanted = domain?.toLowerCase();
  if (domain === undefined || wanted === stored.trackingDomain) return {};
  return { trackingDomain: wanted ?? null, trackingDomainCheckedAt: null };
}

/** The domain of return paths in a workspace's stored settings; null: mail comes back to the From address. */
export function returnPathDomainOf(settings: unknown): string | null {
  return (settings as Stored).returnPathDomain?.toLowerCase() ?? null;
}

/** Soft bounces on so many days within 30 suppress an address; 0: never. */
const SOFT_BOUNCE_DAYS = 5;

export function softBounceDaysOf(settings: unknown): number {
  return (settings as Stored).softBounceDays ?? SOFT_BOUNCE_DAYS;
}

function checkDomainName(domain: string, field: string, example: string): void {
  const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
  if (new RegExp(`^(?:${label}\\.){1,10}${label}$`, 'i').test(domain)) return;
  throw invalid(field, `is not a domain like ${example}.example.com (in its ASCII form)`);
}

/** Whoever asks others for a second factor would shut themselves out without one. */
async function checkOwnFactor(core: Pick<Core, 'db'>, { userId }: Caller): Promise<void> {
  if (userId === null || isEnrolled(await countFactors(core.db.sql, userId))) return;
  throw invalid(
    'requireSecondFactor',
    'needs a second factor of your own first: set one up under Profile and security',
  );
}

async function show(db: Executor, workspaceId: string): Promise<Settings> {
  const { name, settings } = await getWorkspace(db, workspaceId);
  const { from = null, retry = null, tracking = null, timezone = null, quietHours = null } = settings as Stored;
  const { domainLimits = null, rateLimits = null, workerLimits = null, rateLimitBuffer = null } = settings as Stored;
  const limits = { domainLimits, rateLimits, workerLimits, rateLimitBuffer };
  const { alerts, guard = null, requireSecondFactor = null, auditDays = null } = settings as Stored;
  const { returnPathDomain = null, softBounceDays = null, utm = null, keepClientDetails = null } = settings as Stored;
  const { trackingDomain = null, trackingDomainCheckedAt = null, attachmentHosts = null } = settings as Stored;
  const shownAlerts = alerts ? showAlertSettings(alerts) : null;
  return {
    name,
    from,
    retry,
    tracking,
    utm,
    keepClientDetails,
    trackingDomain,
    trackingDomainCheckedAt,
    timezone,
    quietHours,
    ...limits,
    guard,
    alerts: shownAlerts,
    requireSecondFactor,
    auditDays,
    returnPathDomain,
    softBounceDays,
    attachmentHosts,
  };
}
