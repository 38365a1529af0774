import { SmtpFailure } from '../smtp/failure.ts';
import { type HandshakeProgress, openSession } from '../smtp/handshake.ts';
import { type SmtpSettings, type SmtpTransportOptions, smtpSettings } from '../smtp/options.ts';
import { SmtpPool } from '../smtp/pool.ts';
import type { OutgoingMessage, SendOutcome, Transport, TransportReport } from '../transport.ts';

/** How long `close` waits for replies in flight when it is not told. */
const DEFAULT_GRACE_MS = 10_000;

/** A way out over SMTP. Throws TypeError on options that cannot work; opens nothing until the first message. */
export function smtpTransport(options: SmtpTransportOptions): Transport {
  return new SmtpTransport(smtpSettings(options));
}

class SmtpTransport implements Transport {
  private readonly settings: SmtpSettings;
  private readonly pool: SmtpPool;
  private readonly closed = new AbortController();

  constructor(settings: SmtpSettings) {
    this.settings = settings;
    this.pool = new SmtpPool(settings);
  }

  /** A connection holds the messages whose replies are awaited, and one behind them: with PIPELINING its envelope is on the way. */
  get capacity(): number {
    return (this.pool.depth + 1) * this.settings.maxConnections;
  }

  send(message: OutgoingMessage): Promise<SendOutcome> {
    return this.pool.send(message);
  }

  async verify(): Promise<TransportReport> {
    const seen: HandshakeProgress = {};
    try {
      const session = await openSession(this.settings, this.closed.signal, seen);
      session.wire.end('QUIT\r\n', this.settings.timeouts.commandMs);
      return {
        ...report(seen),
        ok: true,
        stage: 'ready',
        authenticated: session.authenticated,
        message: 'ready to send',
      };
    } catch (error) {
      const failure = SmtpFailure.fromError('connect', error);
      return { ...report(seen), ok: false, stage: failure.stage, authenticated: false, message: failure.message };
    }
  }

  async close(graceMs: number = DEFAULT_GRACE_MS): Promise<void> {
    this.closed.abort();
    await this.pool.close(graceMs);
  }
}

function report(seen: HandshakeProgress): Pick<TransportReport, 'greeting' | 'extensions' | 'tls'> {
  return {
    extensions: seen.extensions?.names ?? [],
    ...(seen.greeting === undefined ? {} : { greeting: seen.greeting }),
    ...(seen.tls === undefined || seen.tls === null ? {} : { tls: seen.tls }),
  };
}
