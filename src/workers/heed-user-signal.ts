import type { Core } from '../core/context.ts';
import { restUser, suspendUser } from '../db/workspace-users.ts';
import type { ReplyClass } from '../domain/reply-class.ts';
import type { Lane, LaneUser } from '../engine/lane.ts';

/** How long a process leaves a user alone by itself, until it has told the others. */
const AT_ONCE_MS = 5_000;
/** Once a day's mail is refused that goes on for hours (developers.google.com/gmail/api/guides/handle-errors). */
const QUOTA_REST_MS = 60 * 60_000;
const TROUBLE_REST_MS = 15 * 60_000;

/**
 * What an answer says of the user a message was sent as: he rests, or is not sent as any more, and the account's other users go
 * on. False for what is the whole account's trouble.
 */
export async function heedUserSignal(
  core: Pick<Core, 'db' | 'log' | 'events'>,
  lane: Lane,
  user: LaneUser,
  { name, action }: ReplyClass,
  words: string,
  askedMs: number,
): Promise<boolean> {
  if (action !== 'throttle' && action !== 'pause-account') return false;
  const now = Date.now();
  if (lane.availableAt > now + AT_ONCE_MS) return true; // said before, of another message
  const reason = `the rest of ${user.email} ("${words}")`;
  lane.pause(AT_ONCE_MS, reason, now);
  core.log.warn({ account: lane.account.name, user: user.email, reply: words }, 'a user of an account rests');
  if (name === 'user-unavailable') await suspendUser(core.db.sql, user.id, words);
  else lane.pause(await restUser(core.db.sql, user.id, Math.max(askedMs, leastMs(name, action)), words), reason, now);
  core.events.publish({ kind: 'account', id: lane.account.id });
  return true;
}

function leastMs(name: string, action: ReplyClass['action']): number {
  if (name === 'daily-quota') return QUOTA_REST_MS;
  return action === 'throttle' ? 0 : TROUBLE_REST_MS;
}
