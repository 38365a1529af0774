import type { AccountRow } from '../db/accounts.ts';
import { inTransaction } from '../db/database.ts';
import { claimDirectory, keepUsers, markGone, noteDirectoryRead, type ReadUser } from '../db/workspace-users.ts';
import { messageOf } from '../errors.ts';
import { Directory } from '../mail/google/directory.ts';
import { readServiceAccountKey } from '../mail/google/service-account-key.ts';
import { readEndpoint } from './account-endpoint.ts';
import type { Core } from './context.ts';
import { readCredentials } from './transports.ts';

type ReadCore = Pick<Core, 'db' | 'secrets' | 'events' | 'log'>;

const DAY_MS = 24 * 60 * 60_000;
const AFTER_TROUBLE_MS = 10 * 60_000;
/** Well above what reading a large directory takes; whoever dies leaves it to others after this. */
const LEASE_MS = 10 * 60_000;
const MOST_PAGES = 1000;

/** Reads the directory of one account that is due; false when none is. */
export async function readDueDirectory(core: ReadCore): Promise<boolean> {
  const row = await claimDirectory(core.db.sql, LEASE_MS);
  if (row === null) return false;
  await readDirectory(core, row).catch((error: unknown) =>
    core.log.warn({ err: error, account: row.name }, 'the users of an account could not be read'),
  );
  return true;
}

/**
 * Brings the users of an account up to date: all pages first, then one transaction, so that a reading that breaks off changes
 * nothing. Who is not named any more is marked, and stays. Rejects with what went wrong, which the account then tells, too.
 */
export async function readDirectory(core: ReadCore, row: AccountRow): Promise<void> {
  try {
    const users = await readAll(core, row);
    await inTransaction(core.db.sql, async (tx) => {
      await keepUsers(tx, row, users);
      await markGone(tx, row.id);
    });
    await noteDirectoryRead(core.db.sql, row.id, { error: null, nextInMs: DAY_MS });
  } catch (error) {
    const words = messageOf(error).slice(0, 1000);
    await noteDirectoryRead(core.db.sql, row.id, { error: words, nextInMs: AFTER_TROUBLE_MS });
    throw error;
  } finally {
    core.events.publish({ kind: 'account', id: row.id });
  }
}

async function readAll({ secrets }: ReadCore, row: AccountRow): Promise<ReadUser[]> {
  const { serviceAccountKey = '' } = readCredentials(row, secrets);
  const directory = new Directory({
    key: readServiceAccountKey(serviceAccountKey),
    admin: row.adminEmail ?? '',
    ...(row.endpoint === null ? {} : { baseUrl: readEndpoint(row.endpoint) }),
  });
  const users = new Map<string, ReadUser>();
  let token: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = await directory.page(token);
    for (const user of page.users) users.set(user.email, user);
    token = page.nextPageToken;
    if (token === null) return [...users.values()];
  }
  throw new Error(`the directory has more than ${MOST_PAGES} pages of users`);
}
