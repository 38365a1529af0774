/**
 * A delivery failure is classified once, where it happens; everything after switches on this.
 * Subject: whose fault it is. Only `recipient` may ever suppress an address.
 */
export type ReplySubject = 'recipient' | 'message' | 'account' | 'identity' | 'destination' | 'connection';

/** What to do about it. `retry` and `throttle` and `pause-account` keep the recipient; `fail` ends it; `stop` ends the campaign's sending. */
export type ReplyAction = 'retry' | 'fail' | 'throttle' | 'pause-account' | 'disable-account' | 'stop-campaign';

export interface ReplyClass {
  readonly subject: ReplySubject;
  readonly action: ReplyAction;
  /** Stable short name in kebab-case, shown to people and filterable in the ledger: `mailbox-unknown`, `greylisted`, … */
  readonly name: string;
  /** True when a permanent refusal says that the address itself is no good. */
  readonly suppress: boolean;
}
