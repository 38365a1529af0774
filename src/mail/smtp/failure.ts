import type { ReplyClass } from '../../domain/reply-class.ts';
import { messageOf } from '../../errors.ts';
import { classifyConnectionError } from '../classify/classify-connection-error.ts';
import { classifyReply } from '../classify/classify-reply.ts';
import { type ReplyClassName, replyClass } from '../classify/reply-classes.ts';
import type { SmtpReply, SmtpStage } from '../transport.ts';

/** Why a connection, or one message on it, came to nothing: always with the stage it had reached. */
export class SmtpFailure extends Error {
  override readonly name = 'SmtpFailure';
  readonly stage: SmtpStage;
  readonly replyClass: ReplyClass;
  readonly reply: SmtpReply | null;

  constructor(stage: SmtpStage, message: string, cls: ReplyClass, reply: SmtpReply | null = null) {
    super(message);
    this.stage = stage;
    this.replyClass = cls;
    this.reply = reply;
  }

  static named(stage: SmtpStage, name: ReplyClassName, message: string): SmtpFailure {
    return new SmtpFailure(stage, message, replyClass(name));
  }

  static fromReply(stage: SmtpStage, reply: SmtpReply): SmtpFailure {
    const enhanced = reply.enhanced === undefined ? '' : ` ${reply.enhanced}`;
    return new SmtpFailure(stage, `${reply.code}${enhanced} ${reply.text}`, classifyReply(reply, stage), reply);
  }

  static fromError(stage: SmtpStage, error: unknown): SmtpFailure {
    return error instanceof SmtpFailure
      ? error
      : new SmtpFailure(stage, describe(error), classifyConnectionError(error));
  }
}

function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join('; ');
  return messageOf(error);
}
