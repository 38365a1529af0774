import type { Wire } from './wire.ts';

const SIZE = 64 * 1024;

/** A body is written in slices of at most this, so that with its tail it fits the buffer. */
export const MAX_SLICE = 48 * 1024;

/**
 * Joins the end of a body and the commands behind it into one write, so one system call and one packet train.
 * One buffer serves all connections of a pool: a plain socket has nearly always passed everything to the system when
 * `write` returns. When it has not, the buffer stays with the socket and a new one takes its place.
 */
export class OutputBuffer {
  private bytes = Buffer.allocUnsafeSlow(SIZE);

  send(wire: Wire, body: Buffer, tail: string): void {
    if (wire.copiesOnWrite) {
      const joined = Buffer.allocUnsafe(body.length + Buffer.byteLength(tail, 'utf8'));
      joined.set(body);
      joined.write(tail, body.length, 'utf8');
      wire.write(joined);
      return;
    }
    this.bytes.set(body);
    this.flush(wire, body.length + this.bytes.write(tail, body.length, 'utf8'));
  }

  /** Commands with a body behind them, which may be larger than the buffer. */
  sendBehind(wire: Wire, commands: string, body: Buffer): void {
    if (wire.copiesOnWrite || body.length > MAX_SLICE) {
      wire.write(Buffer.concat([Buffer.from(commands, 'utf8'), body]));
      return;
    }
    const length = this.bytes.write(commands, 0, 'utf8');
    this.bytes.set(body, length);
    this.flush(wire, length + body.length);
  }

  private flush(wire: Wire, length: number): void {
    wire.write(this.bytes.subarray(0, length));
    if (wire.unsentBytes > 0) this.bytes = Buffer.allocUnsafeSlow(SIZE);
  }
}
