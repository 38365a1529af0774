import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { SmtpSettings } from './options.ts';

/** Whoever speaks on the line: the handshake first, then the connection. */
export interface WireOwner {
  /** The buffer is only lent: it is filled again after the call. */
  onBytes(buffer: Buffer, length: number): void;
  /** Once, at the end: `error` is null when the server closed in order. */
  onLost(error: Error | null): void;
}

export interface TlsInfo {
  readonly protocol: string;
  readonly cipher: string;
}

/** Replies are short: a transaction's four fit in a few hundred bytes. */
const READ_BUFFER = 8 * 1024;
/** How long one address may take while others wait (RFC 8305 section 5 asks for 250 ms at least; TLS servers far away need more). */
const ATTEMPT_MS = 500;

/** A socket, plain or TLS, with one owner at a time and one event for its end. */
export class Wire {
  private socket: Socket;
  private owner: WireOwner;
  private lost = false;
  private error: Error | null = null;
  private farewell: NodeJS.Timeout | undefined;
  /** TLS keeps what it is given until it is encrypted and sent: the writer may not reuse its buffer. */
  copiesOnWrite = true;
  tls: TlsInfo | null = null;

  private constructor(socket: Socket, owner: WireOwner) {
    this.socket = socket;
    this.owner = owner;
  }

  /** Starts connecting; `onReady` is called once the line can be spoken on, with `secure: 'tls'` some time after `onTcp`. */
  static open(settings: SmtpSettings, owner: WireOwner, onTcp: () => void, onReady: () => void): Wire {
    const address = {
      host: settings.host,
      port: settings.port,
      autoSelectFamily: true, // happy eyeballs, RFC 8305
      autoSelectFamilyAttemptTimeout: ATTEMPT_MS,
      ...(settings.localAddress === null
        ? {}
        : { localAddress: settings.localAddress, family: isIP(settings.localAddress) }),
    };
    if (settings.secure === 'tls') {
      const socket = connectTls({ ...address, ...tlsOptions(settings) }, () => {
        wire.secured(socket);
        onReady();
      });
      socket.once('connect', onTcp);
      const wire = new Wire(socket, owner);
      wire.listen(socket);
      return wire;
    }
    if (settings.secure !== 'none') {
      const wire = new Wire(connectTcp(address, onReady), owner);
      wire.listen(wire.socket);
      return wire;
    }
    // Reading into one buffer of our own spares an allocation of 64 KB a read, the default of the stream.
    const buffer = Buffer.allocUnsafe(READ_BUFFER);
    const callback = (length: number) => {
      if (!wire.lost) wire.owner.onBytes(buffer, length);
      return true;
    };
    const wire = new Wire(connectTcp({ ...address, onread: { buffer, callback } }, onReady), owner);
    wire.copiesOnWrite = false;
    wire.listen(wire.socket);
    return wire;
  }

  /** Upgrades after a positive reply to STARTTLS. The caller has made sure that no byte of plain text is left unread. */
  startTls(settings: SmtpSettings, onReady: () => void): void {
    const plain = this.socket;
    plain.off('data', this.onData);
    plain.off('end', this.finish);
    plain.off('close', this.finish);
    const socket = connectTls({ socket: plain, host: settings.host, ...tlsOptions(settings) }, () => {
      this.secured(socket);
      onReady();
    });
    this.socket = socket;
    this.copiesOnWrite = true;
    this.listen(socket);
  }

  handTo(owner: WireOwner): void {
    this.owner = owner;
  }

  /** Bytes given to the socket and not yet taken by the system. */
  get unsentBytes(): number {
    return this.socket.writableLength;
  }

  get localAddress(): string | undefined {
    return this.socket.localAddress;
  }

  write(data: Buffer, onSent?: (error?: Error | null) => void): void {
    if (!this.lost) this.socket.write(data, onSent);
  }

  /** Only for what was validated: ASCII goes the fast way, anything else as UTF-8 (never latin1, which makes CR and LF out of some letters). */
  writeText(text: string): void {
    if (!this.lost) this.socket.write(text, 'utf8');
  }

  /** Says the last words and closes our half; the server has `withinMs` to close its own. */
  end(text: string, withinMs: number): void {
    if (this.lost) return;
    this.socket.end(text, 'utf8');
    this.farewell = setTimeout(() => this.socket.destroy(), withinMs).unref();
  }

  destroy(): void {
    this.socket.destroy();
  }

  private secured(socket: TLSSocket): void {
    this.tls = { protocol: socket.getProtocol() ?? 'unknown', cipher: socket.getCipher().name };
  }

  private listen(socket: Socket): void {
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.on('data', this.onData);
    socket.on('error', (error) => {
      this.error ??= error;
    });
    // After the server's FIN no reply can come any more; waiting for our own half would only delay the news.
    socket.on('end', this.finish);
    socket.on('close', this.finish);
  }

  private readonly onData = (chunk: Buffer): void => {
    if (!this.lost) this.owner.onBytes(chunk, chunk.length);
  };

  private readonly finish = (): void => {
    if (this.lost) return;
    this.lost = true;
    clearTimeout(this.farewell);
    this.socket.destroy();
    this.owner.onLost(this.error);
  };
}

function tlsOptions({ host, tls }: SmtpSettings) {
  // RFC 6066 section 3: an address is not a server name. The certificate is still checked against it.
  return { ...(isIP(host) === 0 ? { servername: host } : {}), ...tls };
}
