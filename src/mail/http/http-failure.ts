import type { ReplyClass } from '../../domain/reply-class.ts';
import { classifyConnectionError } from '../classify/classify-connection-error.ts';

/** A request that got no whole answer. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  /** Something of it may have reached the server: nobody knows what became of it. */
  readonly mayHaveArrived: boolean;
  /** Of the trouble below HTTP: name lookup, connection, TLS. */
  readonly replyClass: ReplyClass;

  constructor(message: string, mayHaveArrived: boolean, cause: unknown) {
    super(message, { cause });
    this.mayHaveArrived = mayHaveArrived;
    this.replyClass = classifyConnectionError(cause);
  }
}
