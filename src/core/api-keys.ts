import { randomInt } from 'node:crypto';
import type { ApiKey, NewApiKey } from '../contract/api-keys.ts';
import type { Page, PageQuery } from '../contract/common.ts';
import {
  type ApiKeyRow,
  findUsableApiKey,
  insertApiKey,
  listApiKeys,
  type NewApiKey as NewApiKeyRow,
  revokeApiKey,
  touchApiKey,
} from '../db/api-keys.ts';
import { AppError, notFound } from '../errors.ts';
import { invalid } from './content.ts';
import type { Caller, Core, Role } from './context.ts';
import { rowsOfPage, toPage } from './cursor.ts';
import { hashToken } from './opaque-token.ts';
import { tellAccessChanged } from './sessions.ts';
import { checkGrant } from './users.ts';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Makes a key for a program: `pr_` and 32 random characters, 190 bits. Only its hash is kept. */
export async function createApiKey(
  core: Pick<Core, 'db'>,
  caller: Caller,
  { name, role, scopes = null, expiresAt = null }: NewApiKey,
): Promise<ApiKey & { key: string }> {
  checkGrant(caller, role);
  const until = expiresAt === null ? null : new Date(expiresAt);
  if (until && until.getTime() <= Date.now()) throw invalid('expiresAt', 'has passed already');
  const key = `pr_${Array.from({ length: 32 }, () => BASE62[randomInt(62)]).join('')}`;
  const { workspaceId, userId } = caller;
  const row = await storeApiKey(core, { workspaceId, name, role, scopes, expiresAt: until, createdBy: userId, key });
  if (!row) throw new AppError('INTERNAL', 'The same random key was drawn twice.');
  return { ...showApiKey(row), key };
}

/** Stores a given key; null when it is known already. */
export async function storeApiKey(
  core: Pick<Core, 'db'>,
  wanted: Omit<NewApiKeyRow, 'keyHash' | 'hint' | 'role'> & { readonly role: Role; readonly key: string },
): Promise<ApiKeyRow | null> {
  const { key, ...rest } = wanted;
  return insertApiKey(core.db.sql, { ...rest, keyHash: hashToken(key), hint: key.slice(0, 7) });
}

export async function listKeys(core: Pick<Core, 'db'>, caller: Caller, query: PageQuery): Promise<Page<ApiKey>> {
  const { limit = 50 } = query;
  const rows = await listApiKeys(core.db.sql, { workspaceId: caller.workspaceId, ...rowsOfPage(query, limit) });
  return toPage(rows, limit, (row) => row.id, showApiKey);
}

export async function removeApiKey(core: Pick<Core, 'db' | 'events'>, caller: Caller, id: string): Promise<ApiKey> {
  const row = await revokeApiKey(core.db.sql, caller.workspaceId, id);
  if (!row) throw notFound('API key', id);
  tellAccessChanged(core, id);
  return showApiKey(row);
}

function showApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    hint: row.hint,
    role: row.role,
    scopes: row.scopes,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
  };
}

/** How long a revoked key may go on working in another process. */
const CACHED_MS = 2000;
const CACHED_KEYS = 1000;

/** Answers who a key speaks for, without asking the database for every request. */
export class ApiKeyAuthenticator {
  readonly #core: Pick<Core, 'db' | 'log'>;
  readonly #known = new Map<string, { caller: Caller; until: number }>();

  constructor(core: Pick<Core, 'db' | 'log'>) {
    this.#core = core;
  }

  async authenticate(key: string): Promise<Caller | null> {
    const hash = hashToken(key);
    const name = hash.toString('base64');
    const known = this.#known.get(name);
    if (known && known.until > Date.now()) return known.caller;
    const row = await findUsableApiKey(this.#core.db.sql, hash);
    if (!row) {
      this.#known.delete(name);
      return null;
    }
    const { workspaceId, role, scopes, expiresAt } = row;
    const caller = { workspaceId, role: role as Role, userId: null, apiKeyId: row.id, scopes };
    if (this.#known.size >= CACHED_KEYS) this.#known.clear();
    const until = Math.min(Date.now() + CACHED_MS, expiresAt?.getTime() ?? Number.POSITIVE_INFINITY);
    this.#known.set(name, { caller, until });
    touchApiKey(this.#core.db.sql, row.id).catch((error: unknown) =>
      this.#core.log.debug({ err: error }, 'last use of an API key not written'),
    );
    return caller;
  }

  /** After a key was revoked here: nothing of before counts any more. */
  forget(): void {
    this.#known.clear();
  }
}
