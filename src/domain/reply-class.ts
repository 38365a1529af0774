/**
 * A delivery failure is classified once, where it happens; everything after switches on this.
 * Subject: whose fault it is. Only `recipient` may ever suppress an address.
 */
export const REPLY_SUBJECTS = ['recipient', 'message', 'account', 'identity', 'destination', 'connection'] as const;
export type ReplySubject = (typeof REPLY_SUBJECTS)[number];

/** What to do about it. `retry` and `throttle` and `pause-account` keep the recipient; `fail` ends it; `stop` ends the campaign's sending. */
export const REPLY_ACTIONS = [
  'retry',
  'fail',
  'throttle',
  'pause-account',
  'disable-account',
  'stop-campaign',
] as const;
export type ReplyAction = (typeof REPLY_ACTIONS)[number];

export interface ReplyClass {
  readonly subject: ReplySubject;
  readonly action: ReplyAction;
  /** Stable short name in kebab-case, shown to people and filterable in the ledger: `mailbox-unknown`, `greylisted`, … */
  readonly name: string;
  /** True when a permanent refusal says that the address itself is no good. */
  readonly suppress: boolean;
}
