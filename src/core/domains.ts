import { randomBytes } from 'node:crypto';
import type { Page, PageQuery } from '../contract/common.ts';
import type { DkimKey, Domain, DomainChange, DomainFinding, NewDomain, NewKey } from '../contract/domains.ts';
import { inTransaction } from '../db/database.ts';
import { type DkimKeyRow, deleteDkimKey, insertDkimKeys, listDkimKeys, type NewDkimKey } from '../db/dkim-keys.ts';
import { type DomainRow, deleteDomain, findDomain, insertDomain, listDomains, lockDomain } from '../db/domains.ts';
import { parseDomain } from '../domain/domain-name.ts';
import { AppError, notFound } from '../errors.ts';
import { type DkimAlgorithm, type DkimKeyPair, generateDkimKey, readDkimKey } from '../mail/dkim/key-pair.ts';
import { keyRecord, keyRecordName } from '../mail/dkim/key-record.ts';
import { invalid } from './content.ts';
import type { Caller, Core } from './context.ts';
import { rowsOfPage, toPage } from './cursor.ts';

type DomainCore = Pick<Core, 'db' | 'secrets'>;

/** Names a domain and makes its keys. Nothing is signed before the record of a key was seen (core/domain-check.ts). */
export async function createDomain(core: DomainCore, caller: Caller, body: NewDomain): Promise<Domain> {
  const domain = parseDomain(body.domain);
  if (domain === null)
    throw invalid(
      'domain',
      `"${body.domain.slice(0, 80)}" is not a domain: write what stands behind the @, such as example.com`,
    );
  const first = await makeKey(core, { algorithm: 'rsa', ...body });
  const second = body.ed25519 && first.algorithm === 'rsa' ? [await makeKey(core, { algorithm: 'ed25519' })] : [];
  return inTransaction(core.db.sql, async (tx) => {
    const row = await insertDomain(tx, caller.workspaceId, domain);
    if (!row) throw new AppError('NAME_TAKEN', `${domain} is here already. Nothing was changed.`);
    await insertDkimKeys(
      tx,
      [first, ...second].map((key) => ({ ...key, domainId: row.id })),
    );
    return showDomain(row, await listDkimKeys(tx, [row.id]));
  });
}

export async function getDomain(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<Domain> {
  const row = await findOwn(core, caller, id);
  return showDomain(row, await listDkimKeys(core.db.sql, [id]));
}

export async function listDomainPage(core: Pick<Core, 'db'>, caller: Caller, query: PageQuery): Promise<Page<Domain>> {
  const { limit = 50 } = query;
  const rows = await listDomains(core.db.sql, { workspaceId: caller.workspaceId, ...rowsOfPage(query, limit) });
  const keys = await listDkimKeys(
    core.db.sql,
    rows.map(({ id }) => id),
  );
  return toPage(
    rows,
    limit,
    ({ id }) => id,
    (row) => showDomain(row, keys),
  );
}

/** With or without a second signature. A key that signs already goes at once: RSA signs as before. */
export async function changeDomain(
  core: DomainCore,
  caller: Caller,
  id: string,
  { ed25519 }: DomainChange,
): Promise<Domain> {
  const row = await findOwn(core, caller, id);
  const made = ed25519 ? await makeKey(core, { algorithm: 'ed25519' }) : null;
  await inTransaction(core.db.sql, async (tx) => {
    await lockDomain(tx, row.id);
    const keys = (await listDkimKeys(tx, [id])).filter(({ algorithm }) => algorithm === 'ed25519');
    const isThere = keys.some(({ state }) => state !== 'retired');
    if (made && !isThere) await insertDkimKeys(tx, [{ ...made, domainId: id }]);
    if (!ed25519) for (const key of keys) await deleteDkimKey(tx, id, key.id);
  });
  return getDomain(core, caller, id);
}

/** Adds a key beside the one that signs. It takes over when its record is seen; until then nothing changes. */
export async function rotateKey(core: DomainCore, caller: Caller, id: string, body: NewKey): Promise<Domain> {
  await findOwn(core, caller, id);
  const made = await makeKey(core, { ...body, algorithm: (body.algorithm ?? 'rsa') as DkimAlgorithm });
  await inTransaction(core.db.sql, async (tx) => {
    if (!(await lockDomain(tx, id))) throw notFound('domain', id);
    const keys = await listDkimKeys(tx, [id]);
    if (keys.some(({ selector }) => selector === made.selector))
      throw new AppError('NAME_TAKEN', `There is a key "${made.selector}" already. Nothing was changed.`);
    if (keys.some(({ algorithm, state }) => algorithm === made.algorithm && state === 'waiting'))
      throw new AppError(
        'DKIM_KEY_IN_USE',
        'A new key of this kind is waiting for its record already: set that, or remove the key first. Nothing was changed.',
      );
    await insertDkimKeys(tx, [{ ...made, domainId: id }]);
  });
  return getDomain(core, caller, id);
}

/** Only a key that never signed, or whose signatures nobody can have to check any more. */
export async function removeKey(core: Pick<Core, 'db'>, caller: Caller, id: string, keyId: string): Promise<void> {
  await findOwn(core, caller, id);
  await inTransaction(core.db.sql, async (tx) => {
    await lockDomain(tx, id);
    const key = (await listDkimKeys(tx, [id])).find((one) => one.id === keyId);
    if (!key) throw notFound('DKIM key', keyId);
    if (key.state === 'active')
      throw new AppError(
        'DKIM_KEY_IN_USE',
        `The key "${key.selector}" signs. Nothing was changed. Rotate it first, or remove the domain.`,
      );
    if (key.removableAt && key.removableAt > new Date())
      throw new AppError(
        'DKIM_KEY_IN_USE',
        `Messages signed with "${key.selector}" may still be under way: leave its record until ${key.removableAt.toISOString()}. Nothing was changed.`,
      );
    await deleteDkimKey(tx, id, keyId);
  });
}

export async function removeDomain(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<void> {
  if (!(await deleteDomain(core.db.sql, caller.workspaceId, id))) throw notFound('domain', id);
}

export async function findOwn(core: Pick<Core, 'db'>, caller: Caller, id: string): Promise<DomainRow> {
  const row = await findDomain(core.db.sql, caller.workspaceId, id);
  if (!row) throw notFound('domain', id);
  return row;
}

export function showDomain(row: DomainRow, keys: readonly DkimKeyRow[]): Domain {
  const findings = row.findings as unknown as DomainFinding[];
  const isFaulty = findings.some(({ state, isAdvice }) => !isAdvice && (state === 'missing' || state === 'wrong'));
  return {
    id: row.id,
    domain: row.domain,
    state: row.verifiedAt === null ? 'pending' : isFaulty ? 'faulty' : 'ready',
    keys: keys.filter(({ domainId }) => domainId === row.id).map((key) => showKey(row.domain, key)),
    findings,
    verifiedAt: row.verifiedAt?.toISOString() ?? null,
    checkedAt: row.checkedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}

function showKey(domain: string, key: DkimKeyRow): DkimKey {
  const { id, selector, algorithm, publicKey, state, activatedAt, removableAt, createdAt } = key;
  const value = keyRecord(algorithm as DkimAlgorithm, publicKey);
  return {
    id,
    selector,
    algorithm,
    state,
    record: { type: 'TXT', host: keyRecordName(selector, domain), value },
    activatedAt: activatedAt?.toISOString() ?? null,
    removableAt: removableAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}

interface WantedKey {
  readonly algorithm: DkimAlgorithm;
  readonly selector?: string;
  readonly privateKey?: string;
}

async function makeKey({ secrets }: DomainCore, wanted: WantedKey): Promise<Omit<NewDkimKey, 'domainId'>> {
  const pair = wanted.privateKey === undefined ? await generateDkimKey(wanted.algorithm) : importKey(wanted.privateKey);
  return {
    selector: wanted.selector?.toLowerCase() ?? newSelector(),
    algorithm: pair.algorithm,
    privateKey: secrets.seal(pair.privatePem),
    keyId: secrets.keyId,
    publicKey: pair.publicKey,
  };
}

function importKey(pem: string): DkimKeyPair {
  try {
    return readDkimKey(pem);
  } catch (error) {
    if (error instanceof RangeError) throw invalid('privateKey', error.message);
    throw error;
  }
}

/** Never used before: what a receiver remembers of an old record is not taken for the new one. */
function newSelector(): string {
  return `pr${randomBytes(4).toString('hex')}`;
}
