import {
  type BounceMailboxRow,
  claimDueMailbox,
  keepFetched,
  listToActOn,
  markActed,
  noteMailboxCheck,
} from '../db/bounce-mailboxes.ts';
import { inTransaction } from '../db/database.ts';
import { messageOf } from '../errors.ts';
import { type AfterReading, MailboxSession } from '../mail/imap/mailbox-session.ts';
import { addressOf } from './bounce-mailboxes.ts';
import type { Core } from './context.ts';
import { readReturnedMails } from './returned-mail.ts';

type CheckCore = Pick<Core, 'db' | 'secrets' | 'events' | 'tokens' | 'log'>;

const EVERY_MS = 60_000;
const LONGEST_WAIT_MS = 30 * 60_000;
/** Well above what a look takes; whoever dies leaves the mailbox to others after this. */
const LEASE_MS = 5 * 60_000;
const AT_ONCE = 20;
const ROUNDS_AT_MOST = 25;

/** Looks into one mailbox that is due; false when none is. */
export async function checkDueMailbox(core: CheckCore): Promise<boolean> {
  const row = await claimDueMailbox(core.db.sql, LEASE_MS);
  if (row === null) return false;
  try {
    await checkMailbox(core, row);
    await noteMailboxCheck(core.db.sql, row.id, { error: null, nextInMs: EVERY_MS });
  } catch (error) {
    core.log.warn({ err: error, mailboxId: row.id }, 'a bounce mailbox could not be looked into');
    const nextInMs = Math.min(EVERY_MS * 2 ** row.failures, LONGEST_WAIT_MS);
    await noteMailboxCheck(core.db.sql, row.id, { error: messageOf(error).slice(0, 500), nextInMs });
  }
  return true;
}

/**
 * Fetches what is new, reads it, and only then flags, moves or deletes it. A message is kept here together with its UID
 * before anything is done to it where it lies: killed at any point, the next look goes on from there, and none is lost or
 * counted twice. When the server numbers its messages anew (UIDVALIDITY), all are looked at again; what was recorded then
 * is known by its contents.
 */
async function checkMailbox(core: CheckCore, row: BounceMailboxRow): Promise<void> {
  const session = await MailboxSession.open(addressOf(core.secrets, row));
  try {
    let lastUid = row.uidValidity === session.uidValidity ? row.lastUid : 0;
    for (let round = 0; round < ROUNDS_AT_MOST; round++) {
      const found = await session.newMessages(lastUid, AT_ONCE);
      if (found.length === 0) break;
      await inTransaction(core.db.sql, (tx) => keepFetched(tx, row, session.uidValidity, found));
      lastUid = found.at(-1)?.uid ?? lastUid;
    }
    await readReturnedMails(core);
    const done = await listToActOn(core.db.sql, row.id, session.uidValidity);
    await session.act(
      done.map(({ uid }) => uid),
      afterReading(row),
    );
    await markActed(
      core.db.sql,
      done.map(({ id }) => id),
    );
  } finally {
    await session.close();
  }
}

function afterReading({ afterReading: kind, moveTo }: BounceMailboxRow): AfterReading {
  if (kind === 'move' && moveTo !== null) return { kind: 'move', to: moveTo };
  return { kind: kind === 'delete' ? 'delete' : 'flag' };
}
