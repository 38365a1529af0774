import type net from 'node:net';
import type { CopyLog, ReceivedMessage } from './copy-log.ts';
import { ReplyWriter, type Speech } from './reply-writer.ts';
import type { CutManner, CutStage, RefusalStage } from './sink-fault.ts';
import { steadyMs } from './steady-clock.ts';

/** What a session asks of its server: what goes wrong now. */
export interface SessionHost {
  readonly account: number;
  readonly replyDelayMs: number;
  readonly log: CopyLog;
  readonly speech: () => Speech;
  /** How to cut the connection here; null to go on. Asking uses it up. */
  cut(stage: CutStage): CutManner | null;
  /** The refusal for this recipient, or, before there is one, for this connection. */
  refusal(stage: RefusalStage, whom: string): string | null;
  onCut(session: FaultySession, manner: CutManner): void;
}

const END = Buffer.from('\r\n.\r\n');
const EHLO = '250-sink.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 SMTPUTF8\r\n';

/** One SMTP connection of a server that may do wrong at every step. */
export class FaultySession {
  readonly socket: net.Socket;
  readonly writer: ReplyWriter;
  readonly #host: SessionHost;
  readonly #no: number;
  #unread: Buffer = Buffer.alloc(0);
  #inBody = false;
  #bodySeen = false;
  #over = false;
  #recipient = '';
  #begunAt = 0;
  /** What is read now may have been on its way since then. */
  #pausedSince: number | null = null;

  constructor(socket: net.Socket, no: number, host: SessionHost) {
    this.socket = socket;
    this.#no = no;
    this.#host = host;
    this.writer = new ReplyWriter(socket, host.speech);
  }

  greet(): void {
    if (this.#cutAt('connect') || this.#refuse('connect', String(this.#no))) return;
    this.writer.say('220 sink.test ESMTP\r\n');
    this.#cutAt('greeting');
  }

  receive(chunk: Buffer): void {
    if (this.#over) return;
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    while (!this.#over && (this.#inBody ? this.#takeBody() : this.#takeCommand()));
    this.#pausedSince = null;
  }

  /** Neither reads nor writes until `wake`. */
  silence(): void {
    this.#pausedSince ??= steadyMs();
    this.socket.pause();
    this.writer.hold();
  }

  wake(): void {
    this.writer.release();
    this.socket.resume();
  }

  /** Ends the connection at once. */
  sever(manner: CutManner): void {
    this.#over = true;
    if (manner === 'rst') this.socket.resetAndDestroy();
    else {
      this.socket.end();
      this.socket.resume(); // what still comes is read and thrown away: unread bytes would turn the FIN into a reset
    }
  }

  #takeCommand(): boolean {
    const end = this.#unread.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#unread.toString('latin1', 0, end);
    this.#unread = this.#unread.subarray(end + 2);
    this.#answer(line);
    return true;
  }

  #answer(line: string): void {
    switch (line.slice(0, 4).toUpperCase()) {
      case 'EHLO':
        if (!this.#cutAt('ehlo') && !this.#refuse('ehlo', String(this.#no))) this.writer.say(EHLO);
        break;
      case 'MAIL':
        this.#mail();
        break;
      case 'RCPT':
        this.#rcpt(line);
        break;
      case 'DATA':
        this.#data();
        break;
      case 'QUIT':
        this.writer.say('221 2.0.0 Bye\r\n');
        this.writer.end('fin', () => this.sever('fin'));
        break;
      default:
        this.writer.say('250 2.0.0 Ok\r\n');
    }
  }

  #mail(): void {
    this.#begunAt = this.#pausedSince ?? steadyMs();
    this.#recipient = '';
    if (this.#cutAt('mail') || this.#refuse('mail', `${this.#no} ${this.#begunAt}`)) return;
    this.writer.say('250 2.1.0 Ok\r\n');
  }

  #rcpt(line: string): void {
    const recipient = (/<(.*)>/.exec(line)?.[1] ?? '').toLowerCase();
    if (this.#cutAt('rcpt', recipient) || this.#refuse('rcpt', recipient)) return;
    this.#recipient = recipient;
    this.writer.say('250 2.1.5 Ok\r\n');
  }

  #data(): void {
    if (this.#recipient === '') {
      this.writer.say('503 5.5.1 No valid recipients\r\n');
      return;
    }
    if (this.#cutAt('data', this.#recipient) || this.#refuse('data', this.#recipient)) return;
    this.#inBody = true;
    this.#bodySeen = false;
    this.writer.say('354 Go on\r\n', 'go-ahead');
  }

  #takeBody(): boolean {
    if (this.#unread.length === 0) return false;
    if (!this.#bodySeen && this.#cutAt('body', this.#recipient)) return false;
    this.#bodySeen = true;
    const end = this.#unread.indexOf(END);
    if (end < 0) return false;
    const rightContent = this.#unread.subarray(0, end).includes(this.#recipient);
    this.#unread = this.#unread.subarray(end + END.length);
    this.#inBody = false;
    this.#decide(rightContent);
    return true;
  }

  #decide(rightContent: boolean): void {
    const recipient = this.#recipient;
    const receive = (fate: ReceivedMessage['fate']) =>
      this.#host.log.receive({
        recipient,
        account: this.#host.account,
        connection: this.#no,
        begunAt: this.#begunAt,
        fate,
        rightContent,
      });
    if (this.#cutAt('dot-lost', recipient)) {
      receive('dropped');
      return;
    }
    if (this.#refuse('dot', recipient)) {
      receive('refused');
      return;
    }
    // Kept before the reply, whether that is heard or not.
    const message = receive('kept');
    if (this.#cutAt('dot-kept', recipient)) return;
    this.writer.say('250 2.0.0 Ok: kept\r\n', 'final', this.#host.replyDelayMs, () => {
      message.replied = true;
    });
    this.#cutAt('reply', recipient);
  }

  /** True when the connection ends here, behind the replies that come before. */
  #cutAt(stage: CutStage, recipient = ''): boolean {
    const manner = this.#host.cut(stage);
    if (manner === null) return false;
    this.#note(recipient, `cut at ${stage} (${manner})`);
    this.#over = true;
    this.writer.end(manner, () => {
      this.#host.onCut(this, manner);
      this.sever(manner);
    });
    return true;
  }

  /** True when it was refused; 421 ends the connection as well. */
  #refuse(stage: RefusalStage, whom: string): boolean {
    const reply = this.#host.refusal(stage, whom);
    if (reply === null) return false;
    if (stage === 'rcpt' || stage === 'data' || stage === 'dot') this.#note(whom, `${reply} at ${stage}`);
    this.writer.say(`${reply}\r\n`, stage === 'dot' ? 'final' : null);
    if (stage === 'data') this.#recipient = '';
    if (reply.startsWith('421') || stage === 'connect') {
      this.#over = true;
      this.writer.end('fin', () => this.sever('fin'));
    }
    return true;
  }

  #note(recipient: string, what: string): void {
    this.#host.log.note({ account: this.#host.account, connection: this.#no, recipient, what });
  }
}
