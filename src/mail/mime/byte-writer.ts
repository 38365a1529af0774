const INITIAL = 64 * 1024;

/** A buffer that grows and is written over for every message; `take` hands out a copy of what was written. */
export class ByteWriter {
  bytes: Buffer = Buffer.allocUnsafeSlow(INITIAL);
  position = 0;

  /** Makes sure that `room` more bytes fit at `position`. */
  ensure(room: number): void {
    if (this.position + room <= this.bytes.length) return;
    const next = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.position + room));
    this.bytes.copy(next, 0, 0, this.position);
    this.bytes = next;
  }

  writeBytes(bytes: Buffer): void {
    this.ensure(bytes.length);
    this.bytes.set(bytes, this.position);
    this.position += bytes.length;
  }

  writeText(text: string): void {
    this.ensure(text.length * 3);
    this.position += this.bytes.write(text, this.position);
  }

  reset(): void {
    this.position = 0;
  }

  take(): Buffer {
    const taken = Buffer.allocUnsafeSlow(this.position);
    this.bytes.copy(taken, 0, 0, this.position);
    this.position = 0;
    return taken;
  }
}
