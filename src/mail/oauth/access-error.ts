import type { ReplyClass } from '../../domain/reply-class.ts';

/** No access token was given: refused (the class says whose fault it is), or its endpoint was not reached (`retry`). */
export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly replyClass: ReplyClass;
  /** Of the answer; null when there was none. */
  readonly status: number | null;

  constructor(message: string, replyClass: ReplyClass, status: number | null) {
    super(message);
    this.replyClass = replyClass;
    this.status = status;
  }
}
