import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { SinkCopy, SinkStage, SinkStep, SmtpSink } from './smtp-sink.ts';
import { answerAuth } from './smtp-sink-auth.ts';
import { SINK_CERTIFICATE, SINK_KEY } from './smtp-sink-certificate.ts';

const DEFAULT_EXTENSIONS = ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES', 'SIZE 52428800'];
const END = Buffer.from('\r\n.\r\n');

/** One client: reads commands and bodies in order, asks the script at each step, answers. */
export class SinkSession {
  private readonly sink: SmtpSink;
  private readonly number: number;
  socket: Socket;
  private unread: Buffer = Buffer.alloc(0);
  private busy = false;
  private stalled = false;
  private over = false;
  private inBody = false;
  /** Bytes of a BDAT chunk that is under way; null for none. */
  private chunk: number | null = null;
  private bodySeen = false;
  private awaiting: ((line: string) => void) | null = null;
  private message = 0;
  private acceptedHere = 0;
  private from: string | null = null;
  private to: string[] = [];

  constructor(sink: SmtpSink, socket: Socket, number: number) {
    this.sink = sink;
    this.socket = socket;
    this.number = number;
  }

  start(): void {
    this.listen(this.socket);
    this.busy = true;
    void this.step('connect', '', '220 sink ESMTP').then(() => {
      this.busy = false;
      void this.pump();
    });
  }

  reset(): void {
    this.over = true;
    if (this.socket instanceof TLSSocket) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  private listen(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      this.unread = this.unread.length === 0 ? chunk : Buffer.concat([this.unread, chunk]);
      void this.pump();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.over = true;
      this.sink.sessions.delete(this);
    });
  }

  private async pump(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    while (!this.over && !this.stalled && (await this.read()));
    this.busy = false;
  }

  private read(): Promise<boolean> {
    if (this.chunk !== null) return this.readChunk(this.chunk);
    return this.inBody ? this.readBody() : this.readLine();
  }

  /** RFC 3030: the chunk is read whatever is answered to it. */
  private async readChunk(bytes: number): Promise<boolean> {
    if (this.unread.length < bytes) return false;
    const content = Buffer.from(this.unread.subarray(0, bytes));
    this.unread = this.unread.subarray(bytes);
    this.chunk = null;
    await this.end(content, content);
    return true;
  }

  private async readLine(): Promise<boolean> {
    const end = this.unread.indexOf('\r\n');
    if (end === -1) return false;
    const line = this.unread.toString('utf8', 0, end);
    this.unread = this.unread.subarray(end + 2);
    if (this.awaiting !== null) {
      const answer = this.awaiting;
      this.awaiting = null;
      answer(line);
      return true;
    }
    this.sink.commands.push({ connection: this.number, line });
    await this.command(line);
    return true;
  }

  private async readBody(): Promise<boolean> {
    if (this.unread.length === 0) return false;
    if (!this.bodySeen) {
      this.bodySeen = true;
      if ((await this.step('body', '', null)) !== null) return true;
    }
    const empty = this.unread.length >= 3 && this.unread.subarray(0, 3).toString('latin1') === '.\r\n';
    const end = empty ? -2 : this.unread.indexOf(END);
    if (end === -1) return false;
    const raw = Buffer.from(this.unread.subarray(0, end + 2));
    this.unread = this.unread.subarray(empty ? 3 : end + END.length);
    this.inBody = false;
    await this.end(raw, unstuff(raw));
    return true;
  }

  private async end(raw: Buffer, content: Buffer): Promise<void> {
    const copy: SinkCopy = {
      atMs: performance.now(),
      connection: this.number,
      from: this.from ?? '',
      to: this.to,
      raw,
      content,
    };
    const keep = () => {
      this.acceptedHere++;
      this.sink.accepted.push(copy);
    };
    const usual =
      this.to.length > 0
        ? `250 2.0.0 Ok: queued as SINK${this.sink.accepted.length + 1}`
        : '554 5.5.1 No valid recipients';
    await this.step('dot', '', usual, keep);
    this.from = null;
    this.to = [];
  }

  private async command(line: string): Promise<void> {
    const [verb = ''] = line.split(' ', 1);
    switch (verb.toUpperCase()) {
      case 'EHLO':
        await this.step('ehlo', line, this.hello());
        return;
      case 'HELO':
        await this.step('helo', line, '250 sink');
        return;
      case 'STARTTLS':
        if ((await this.step('starttls', line, '220 2.0.0 Ready')) === '220 2.0.0 Ready') this.upgrade();
        return;
      case 'AUTH':
        // Not awaited: the next lines are its answers.
        if ((await this.step('auth', line, null)) === null) void this.authenticate(line);
        return;
      case 'MAIL':
        this.message++;
        await this.mail(line);
        return;
      case 'RCPT':
        await this.rcpt(line);
        return;
      case 'DATA':
        await this.data(line);
        return;
      case 'BDAT':
        if ((await this.step('bdat', line, null)) === null) this.chunk = Number(line.split(' ')[1]);
        return;
      case 'RSET':
        this.from = null;
        this.to = [];
        await this.step('rset', line, '250 2.0.0 Ok');
        return;
      case 'NOOP':
        await this.step('noop', line, '250 2.0.0 Ok');
        return;
      case 'QUIT':
        await this.step('quit', line, '221 2.0.0 Bye');
        if (!this.over) this.socket.end();
        return;
      default:
        await this.step('other', line, '502 5.5.2 Unknown command');
    }
  }

  private async mail(line: string): Promise<void> {
    const address = /^MAIL FROM:<([^<>]*)>/i.exec(line)?.[1];
    if (address === undefined) await this.step('mail', line, '501 5.5.4 Syntax');
    else if (this.from !== null) await this.step('mail', line, '503 5.5.1 Nested MAIL');
    else if (isYes(await this.step('mail', line, '250 2.1.0 Ok'))) this.from = address;
  }

  private async rcpt(line: string): Promise<void> {
    const address = /^RCPT TO:<([^<>]+)>/i.exec(line)?.[1];
    if (address === undefined) await this.step('rcpt', line, '501 5.5.4 Syntax');
    else if (this.from === null) await this.step('rcpt', line, '503 5.5.1 MAIL first');
    else if (isYes(await this.step('rcpt', line, '250 2.1.5 Ok', undefined, address))) this.to.push(address);
  }

  private async data(line: string): Promise<void> {
    const reply = await this.step('data', line, this.to.length > 0 ? '354 Go on' : '503 5.5.1 RCPT first');
    if (reply?.startsWith('354') !== true) return;
    this.inBody = true;
    this.bodySeen = false;
  }

  private hello(): string {
    const { extensions = DEFAULT_EXTENSIONS, auth, tls } = this.sink.options;
    const lines = ['sink', ...extensions];
    if (tls === 'starttls' && !(this.socket instanceof TLSSocket)) lines.push('STARTTLS');
    if (auth !== undefined) lines.push(`AUTH ${auth.mechanisms.join(' ')}`);
    return lines.map((text, at) => `250${at === lines.length - 1 ? ' ' : '-'}${text}`).join('\r\n');
  }

  private upgrade(): void {
    this.socket.removeAllListeners('data');
    this.socket = new TLSSocket(this.socket, { isServer: true, key: SINK_KEY, cert: SINK_CERTIFICATE });
    this.unread = Buffer.alloc(0);
    this.listen(this.socket);
  }

  /** Asks the script, answers, and tells what the reply was: null for none. */
  private async step(
    stage: SinkStage,
    line: string,
    usual: string | null,
    keep?: () => void,
    rcpt?: string,
  ): Promise<string | null> {
    const { number: connection, message, acceptedHere } = this;
    const to = rcpt === undefined ? this.to : [...this.to, rcpt];
    const action = this.sink.options.script?.({
      stage,
      line,
      connection,
      message,
      acceptedHere,
      from: this.from ?? '',
      to,
    });
    const step: SinkStep = typeof action === 'string' ? { reply: action } : (action ?? {});
    const reply = step.reply === undefined ? usual : step.reply;
    const text = reply === null ? null : reply.toString();
    if (step.delayMs !== undefined) await sleep(step.delayMs);
    if (this.over) return text;
    if (step.accept ?? isYes(text)) keep?.();
    if (reply !== null) await this.write(typeof reply === 'string' ? Buffer.from(`${reply}\r\n`) : reply);
    if (step.after !== undefined) this.part(step.after);
    return step.after !== undefined && text === null ? '' : text;
  }

  private part(how: 'close' | 'reset' | 'stall'): void {
    if (how === 'stall') {
      this.stalled = true;
      this.socket.pause();
      return;
    }
    this.over = true;
    if (how === 'close') this.socket.end();
    else this.reset();
  }

  private async authenticate(line: string): Promise<void> {
    await answerAuth(line, this.sink.options.auth, {
      say: async (text) => await this.write(Buffer.from(`${text}\r\n`)),
      hear: () =>
        new Promise((resolve) => {
          this.awaiting = resolve;
        }),
    });
  }

  private async write(bytes: Buffer): Promise<void> {
    const pieces = this.sink.options.fragment?.(bytes) ?? [bytes];
    for (const piece of pieces) {
      if (this.over) return;
      this.socket.write(piece);
      if (pieces.length > 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function isYes(reply: string | null): boolean {
  return reply?.startsWith('2') === true;
}

function unstuff(raw: Buffer): Buffer {
  const lines = raw.toString('latin1').split('\r\n');
  return Buffer.from(lines.map((line) => (line.startsWith('.') ? line.slice(1) : line)).join('\r\n'), 'latin1');
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
