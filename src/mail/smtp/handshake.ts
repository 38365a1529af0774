import { isIPv6 } from 'node:net';
import { hostname } from 'node:os';
import { authenticate } from './auth.ts';
import { Dialogue, type DialogueReply } from './dialogue.ts';
import { type Extensions, NO_EXTENSIONS, parseExtensions } from './extensions.ts';
import { SmtpFailure } from './failure.ts';
import type { SmtpSettings } from './options.ts';
import type { ReplyParser } from './reply-parser.ts';
import { Wire } from './wire.ts';

/** A line that is greeted, encrypted and logged in as far as the settings ask for it: ready for MAIL. */
export interface Session {
  readonly wire: Wire;
  readonly parser: ReplyParser;
  readonly extensions: Extensions;
  /** How long the server took to answer EHLO: about as long as a reply is under way. */
  readonly roundTripMs: number;
  readonly greeting: string;
  readonly authenticated: boolean;
}

/** What was learnt on the way, also when the way ended early: `verify` reports it. */
export interface HandshakeProgress {
  greeting?: string;
  extensions?: Extensions;
  tls?: Wire['tls'];
}

/** Connects and makes a session. Rejects with SmtpFailure only, the socket destroyed. */
export async function openSession(
  settings: SmtpSettings,
  signal: AbortSignal,
  progress: HandshakeProgress = {},
): Promise<Session> {
  const handshake = new Handshake(settings, signal, progress);
  try {
    return await handshake.run();
  } catch (error) {
    handshake.abandon();
    throw SmtpFailure.fromError('connect', error);
  }
}

class Handshake {
  private readonly settings: SmtpSettings;
  private readonly signal: AbortSignal;
  private readonly progress: HandshakeProgress;
  private readonly dialogue: Dialogue;
  private wire: Wire | null = null;
  private roundTripMs = 0;

  constructor(settings: SmtpSettings, signal: AbortSignal, progress: HandshakeProgress) {
    this.settings = settings;
    this.signal = signal;
    this.progress = progress;
    this.dialogue = new Dialogue(settings.timeouts.commandMs);
  }

  async run(): Promise<Session> {
    const onAbort = () =>
      this.dialogue.fail(SmtpFailure.named('connect', 'transport-closed', 'the transport was closed'));
    if (this.signal.aborted) onAbort();
    this.signal.addEventListener('abort', onAbort);
    try {
      return await this.steps();
    } finally {
      this.signal.removeEventListener('abort', onAbort);
    }
  }

  abandon(): void {
    this.wire?.destroy();
  }

  private async steps(): Promise<Session> {
    const { settings, dialogue } = this;
    const wire = await this.connect();
    const greeting = await dialogue.listen('greeting');
    if (greeting.code !== 220) throw SmtpFailure.fromReply('greeting', greeting);
    this.progress.greeting = greeting.text;
    let extensions = await this.hello(wire);
    if (await this.upgrade(wire, extensions)) extensions = await this.hello(wire); // RFC 3207 section 4.2: forget what was said in clear
    const { credentials } = settings;
    if (credentials !== null) {
      if (wire.tls === null && settings.secure === 'opportunistic') {
        throw SmtpFailure.named(
          'auth',
          'starttls-not-offered',
          'the line is not encrypted and the password does not go in clear',
        );
      }
      const line = { encrypted: wire.tls !== null, tokenMs: settings.timeouts.connectMs };
      await authenticate(credentials, extensions.authMechanisms, dialogue, line);
    }
    return {
      wire,
      parser: dialogue.parser,
      extensions,
      roundTripMs: this.roundTripMs,
      greeting: greeting.text,
      authenticated: credentials !== null,
    };
  }

  private async connect(): Promise<Wire> {
    return await this.dialogue.until<Wire>('connect', this.settings.timeouts.connectMs, (done) => {
      const onTcp = () => this.dialogue.reach('tls');
      const wire = Wire.open(this.settings, this.dialogue, onTcp, () => done(wire));
      this.wire = wire;
      this.dialogue.speakOn(wire);
    });
  }

  /** EHLO, or HELO for a server that does not know EHLO (RFC 5321 section 3.2). */
  private async hello(wire: Wire): Promise<Extensions> {
    const name = this.settings.name ?? ownName(wire.localAddress);
    const askedAt = performance.now();
    const reply = await this.dialogue.ask(`EHLO ${name}`, 'hello');
    this.roundTripMs = performance.now() - askedAt;
    let extensions = NO_EXTENSIONS;
    if (isPositive(reply)) {
      extensions = parseExtensions(reply.lines);
    } else {
      if (reply.code < 500) throw SmtpFailure.fromReply('hello', reply);
      const helo = await this.dialogue.ask(`HELO ${name}`, 'hello');
      if (!isPositive(helo)) throw SmtpFailure.fromReply('hello', helo);
    }
    this.progress.extensions = extensions;
    this.progress.tls = wire.tls;
    return extensions;
  }

  /** STARTTLS (RFC 3207). True when the line is encrypted now and was not before. */
  private async upgrade(wire: Wire, extensions: Extensions): Promise<boolean> {
    const { secure } = this.settings;
    if (secure !== 'starttls' && secure !== 'opportunistic') return false;
    if (!extensions.startTls) {
      if (secure === 'opportunistic') return false;
      throw SmtpFailure.named('tls', 'starttls-not-offered', 'the server does not offer STARTTLS');
    }
    const reply = await this.dialogue.ask('STARTTLS', 'tls');
    if (reply.code !== 220) {
      if (secure === 'opportunistic' && reply.code !== 421) return false;
      throw SmtpFailure.fromReply('tls', reply);
    }
    await this.dialogue.until<void>('tls', this.settings.timeouts.connectMs, (done) =>
      wire.startTls(this.settings, done),
    );
    return true;
  }
}

function isPositive(reply: DialogueReply): boolean {
  return reply.code >= 200 && reply.code < 300;
}

/** RFC 5321 section 4.1.3: without a name of its own a client gives its address as a literal. */
function ownName(localAddress: string | undefined): string {
  const host = hostname();
  if (/^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/.test(host)) return host;
  if (localAddress === undefined) return '[127.0.0.1]';
  return isIPv6(localAddress) ? `[IPv6:${localAddress.replace(/%.*$/, '')}]` : `[${localAddress}]`;
}
