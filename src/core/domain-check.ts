import type { Domain, DomainFinding } from '../contract/domains.ts';
import { listAccountsOfWorkspace } from '../db/accounts.ts';
import { inTransaction } from '../db/database.ts';
import { activateKey, type DkimKeyRow, listDkimKeys, returnKeysToWaiting } from '../db/dkim-keys.ts';
import {
  claimDomain,
  type DomainRow,
  findOwner,
  lockDomain,
  releaseDomain,
  saveFindings,
  takeDueDomains,
} from '../db/domains.ts';
import { getWorkspace } from '../db/workspaces.ts';
import { notFound } from '../errors.ts';
import type { Caller, Core } from './context.ts';
import type { DnsLookup } from './dns-lookup.ts';
import { checkSetUp, type KeyReading, readKey } from './domain-checks.ts';
import { finding } from './domain-finding.ts';
import { findOwn, showDomain } from './domains.ts';
import { refusalFindings } from './identity-faults.ts';

type CheckCore = Pick<Core, 'db' | 'log'>;

/** Messages wait in queues of receivers for five days at most (RFC 5321 section 4.5.4.1), and are checked then. */
const RECORD_STAYS_MS = 7 * 86_400_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DUE_AT_ONCE = 10;

/** Asks the DNS about a domain now. A key whose record is seen signs from then on, and makes the domain the workspace's own. */
export async function checkDomain(core: CheckCore, caller: Caller, id: string, dns: DnsLookup): Promise<Domain> {
  const row = await findOwn(core, caller, id);
  await checkRow(core, row, dns);
  return showDomain(await findOwn(core, caller, id), await listDkimKeys(core.db.sql, [id]));
}

/** Looks at domains whose time has come. Safe to run by several processes at once. Returns how many there were. */
export async function checkDueDomains(core: CheckCore, dns: DnsLookup): Promise<number> {
  const due = await takeDueDomains(core.db.sql, DUE_AT_ONCE);
  for (const row of due)
    await checkRow(core, row, dns).catch((error: unknown) =>
      core.log.warn({ err: error, domain: row.domain }, 'a sending domain could not be checked; it is tried again'),
    );
  return due.length;
}

async function checkRow(core: CheckCore, row: DomainRow, dns: DnsLookup): Promise<void> {
  const { sql } = core.db;
  const keys = await listDkimKeys(sql, [row.id]);
  const accounts = await listAccountsOfWorkspace(sql, row.workspaceId);
  const { settings } = await getWorkspace(sql, row.workspaceId);
  const returnPathDomain = (settings as { returnPathDomain?: string }).returnPathDomain ?? null;
  const readings = await Promise.all(
    keys.filter(({ state }) => state !== 'retired').map((key) => readKey(dns, row.domain, key)),
  );
  const ownership = await heedKeys(core, row, readings, dns);
  const setUp = await checkSetUp(dns, { domain: row.domain, keys, returnPathDomain, accounts });
  const refusals = await refusalFindings(core, row.workspaceId, row.domain);
  const findings = [...ownership, ...readings.map(toldOf), ...setUp, ...refusals];
  const isWaiting = readings.some(({ key, isSeen }) => key.state === 'waiting' && !isSeen);
  await saveFindings(sql, row.id, findings, nextCheckMs(row, isWaiting));
}

/** A key that waits beside one that signs is nothing to worry about: mail is signed as before. */
function toldOf({ key, finding: told }: KeyReading, _: number, all: readonly KeyReading[]): DomainFinding {
  const signs = all.some((other) => other.key.algorithm === key.algorithm && other.key.state === 'active');
  return key.state === 'waiting' && signs ? { ...told, isAdvice: true } : told;
}

/** What was seen takes effect; findings about whose the domain is. */
async function heedKeys(
  core: CheckCore,
  row: DomainRow,
  readings: readonly KeyReading[],
  dns: DnsLookup,
): Promise<DomainFinding[]> {
  const seen = readings.filter(({ isSeen }) => isSeen).map(({ key }) => key);
  if (seen.length === 0) return [];
  if (await take(core, row, seen)) return [];
  if (await isAbandoned(core, row.domain, dns)) {
    await takeOver(core, row.domain);
    if (await take(core, row, seen)) return [];
  }
  return [
    finding({
      check: 'ownership',
      state: 'wrong',
      help: `Another workspace of this installation sends from ${row.domain}, and its DKIM record stands. It has to remove the domain, or its record has to be taken out of the DNS; then check again.`,
    }),
  ];
}

/** False when the domain is another workspace's. */
async function take(core: CheckCore, row: DomainRow, seen: readonly DkimKeyRow[]): Promise<boolean> {
  return inTransaction(core.db.sql, async (tx) => {
    if (!(await lockDomain(tx, row.id))) throw notFound('domain', row.id);
    if (!(await claimDomain(tx, row))) return false;
    const waiting = seen.filter(({ state }) => state === 'waiting');
    for (const key of waiting) await activateKey(tx, key, new Date(Date.now() + RECORD_STAYS_MS));
    return true;
  });
}

/** Whether the DNS says for sure that no key of the owner is published any more. */
async function isAbandoned(core: CheckCore, domain: string, dns: DnsLookup): Promise<boolean> {
  const owner = await findOwner(core.db.sql, domain);
  if (!owner) return true;
  const keys = (await listDkimKeys(core.db.sql, [owner.id])).filter(({ state }) => state === 'active');
  const readings = await Promise.all(keys.map((key) => readKey(dns, domain, key)));
  return readings.every(({ isSeen, finding: told }) => !isSeen && told.state !== 'unknown');
}

async function takeOver(core: CheckCore, domain: string): Promise<void> {
  await inTransaction(core.db.sql, async (tx) => {
    const owner = await findOwner(tx, domain);
    if (!owner || !(await lockDomain(tx, owner.id))) return;
    await releaseDomain(tx, owner.id);
    await returnKeysToWaiting(tx, owner.id);
  });
}

/** Often while somebody sets records, then seldom. */
function nextCheckMs({ createdAt, verifiedAt }: DomainRow, isWaiting: boolean): number {
  const age = Date.now() - createdAt.getTime();
  if (verifiedAt !== null && !isWaiting) return 6 * HOUR_MS;
  if (age < HOUR_MS) return MINUTE_MS;
  return age < 48 * HOUR_MS ? 10 * MINUTE_MS : 3 * HOUR_MS;
}
