import type { en } from './strings.ts';

interface Reply {
  readonly id: keyof typeof en.behaviour.replies;
  readonly reply: string;
  readonly firstAttemptOnly: boolean;
}

/** Replies worth trying. */
export const REPLIES = [
  { id: 'noSuchUser', reply: '550 5.1.1 No such user here', firstAttemptOnly: false },
  { id: 'full', reply: '452 4.2.2 Mailbox is full', firstAttemptOnly: false },
  { id: 'greylisting', reply: '451 4.7.1 Greylisted, try again later', firstAttemptOnly: true },
  { id: 'goingAway', reply: '421 4.3.2 Service shutting down', firstAttemptOnly: false },
  { id: 'spam', reply: '554 5.7.1 Message refused by policy', firstAttemptOnly: false },
] as const satisfies readonly Reply[];
