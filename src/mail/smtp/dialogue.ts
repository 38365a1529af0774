import type { SmtpReply, SmtpStage } from '../transport.ts';
import { SmtpFailure } from './failure.ts';
import { ReplyParser, ReplySyntaxError } from './reply-parser.ts';
import type { Wire, WireOwner } from './wire.ts';

export interface DialogueReply extends SmtpReply {
  readonly lines: readonly string[];
}

/**
 * One question, one answer: how a session begins. Not for messages, which are pipelined by `SmtpConnection`.
 * Bytes that come before they were asked for end the dialogue: they are an attack on STARTTLS (CVE-2011-0411 and its
 * kin) or a server that is out of step, and neither can be trusted with mail.
 */
export class Dialogue implements WireOwner {
  readonly parser = new ReplyParser();
  private readonly commandMs: number;
  private wire: Wire | null = null;
  private stage: SmtpStage = 'connect';
  private answerTo: ((reply: DialogueReply) => void) | null = null;
  private reject: ((failure: SmtpFailure) => void) | null = null;
  private failure: SmtpFailure | null = null;

  constructor(commandMs: number) {
    this.commandMs = commandMs;
  }

  speakOn(wire: Wire): void {
    this.wire = wire;
  }

  /** The TCP connection stands and TLS begins by itself. */
  reach(stage: SmtpStage): void {
    this.stage = stage;
  }

  /** Waits for whatever `begin` starts. Rejects with SmtpFailure only: lost line, protocol error, time over. */
  async until<T>(stage: SmtpStage, timeoutMs: number, begin: (done: (value: T) => void) => void): Promise<T> {
    this.stage = stage;
    if (this.failure !== null) throw this.failure;
    const timer = setTimeout(() => {
      this.fail(
        SmtpFailure.named(this.stage, 'connection-timed-out', `nothing from the server within ${timeoutMs} ms`),
      );
    }, timeoutMs);
    try {
      return await new Promise<T>((resolve, reject) => {
        this.reject = reject;
        begin(resolve);
      });
    } finally {
      clearTimeout(timer);
      this.reject = null;
    }
  }

  /** The next reply, without asking for it. */
  async listen(stage: SmtpStage): Promise<DialogueReply> {
    return await this.until<DialogueReply>(stage, this.commandMs, (done) => {
      this.answerTo = done;
    });
  }

  /** Sends one command and waits for its reply. The text must be free of CR and LF: callers validate or encode. */
  async ask(command: string, stage: SmtpStage): Promise<DialogueReply> {
    if (this.failure === null) this.wire?.writeText(`${command}\r\n`);
    return await this.listen(stage);
  }

  /** Ends whatever is being waited for, and everything that would be waited for later. */
  fail(failure: SmtpFailure): void {
    this.failure ??= failure;
    this.reject?.(this.failure);
  }

  onBytes(buffer: Buffer, length: number): void {
    if (this.failure !== null) return;
    try {
      this.parser.push(buffer, length);
      if (this.parser.next() !== 0) this.answer();
      else if (this.answerTo === null) this.outOfTurn();
    } catch (error) {
      if (!(error instanceof ReplySyntaxError)) throw error;
      this.fail(SmtpFailure.named(this.stage, 'protocol-error', error.message));
    }
  }

  onLost(error: Error | null): void {
    this.fail(
      error === null
        ? SmtpFailure.named(this.stage, 'connection-lost', 'the server closed the connection')
        : SmtpFailure.fromError(this.stage, error),
    );
  }

  private answer(): void {
    const { answerTo } = this;
    if (answerTo === null || this.parser.hasUnreadBytes) {
      this.outOfTurn();
      return;
    }
    this.answerTo = null;
    answerTo({ ...this.parser.reply(), lines: this.parser.lines() });
  }

  private outOfTurn(): void {
    this.fail(SmtpFailure.named(this.stage, 'protocol-error', 'the server spoke before it was asked'));
  }
}
