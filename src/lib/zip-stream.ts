import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';

/** One file of an archive, made while it is written. */
export interface ZipEntry {
  readonly name: string;
  readonly content: AsyncIterable<string>;
}

/** Without ZIP64, which old spreadsheets do not read, no part and no archive may be longer (APPNOTE.TXT 4.3.9, 4.4.8). */
const MOST_BYTES = 0xffff_ffff;

/** 1 January 1980, 00:00: the archive says nothing of when it was made. */
const DOS_DATE = 0x21;
/** Sizes follow the content; names are UTF-8. */
const FLAGS = 0x0808;
const DEFLATED = 8;
const VERSION = 20;

interface Written {
  readonly name: Buffer;
  readonly offset: number;
  readonly crc: number;
  readonly packed: number;
  readonly length: number;
}

/**
 * A ZIP archive (PKWARE APPNOTE.TXT 6.3) in the memory of one chunk. Entries are asked for one after the other, when the one
 * before is written. Throws RangeError for what does not fit into the format.
 */
export async function* zipStream(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Buffer> {
  const directory: Written[] = [];
  let offset = 0;
  for await (const { name, content } of entries) {
    const entry = new EntryMeter(Buffer.from(name), offset);
    for await (const chunk of entry.write(content)) {
      offset += chunk.length;
      if (offset > MOST_BYTES) throw new RangeError('the archive is over 4 GB');
      yield chunk;
    }
    directory.push(entry.written());
  }
  yield Buffer.concat([...directory.map(directoryEntry), endOf(directory, offset)]);
}

class EntryMeter {
  readonly #name: Buffer;
  readonly #offset: number;
  #crc = 0;
  #length = 0;
  #packed = 0;

  constructor(name: Buffer, offset: number) {
    this.#name = name;
    this.#offset = offset;
  }

  async *write(content: AsyncIterable<string>): AsyncGenerator<Buffer> {
    yield localHeader(this.#name);
    const deflate = zlib.createDeflateRaw();
    const feeding = pipeline(Readable.from(this.#measured(content)), deflate);
    feeding.catch(() => {}); // met by who reads, or by nobody who has gone away
    for await (const chunk of deflate) {
      this.#packed += chunk.length;
      yield chunk;
    }
    await feeding;
    yield descriptor(this.written());
  }

  async *#measured(content: AsyncIterable<string>): AsyncGenerator<Buffer> {
    for await (const text of content) {
      const bytes = Buffer.from(text);
      this.#crc = zlib.crc32(bytes, this.#crc);
      this.#length += bytes.length;
      if (this.#length > MOST_BYTES) throw new RangeError('a part of the archive is over 4 GB');
      yield bytes;
    }
  }

  written(): Written {
    return { name: this.#name, offset: this.#offset, crc: this.#crc, packed: this.#packed, length: this.#length };
  }
}

function localHeader(name: Buffer): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(FLAGS, 6);
  header.writeUInt16LE(DEFLATED, 8);
  header.writeUInt16LE(DOS_DATE, 12);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function descriptor({ crc, packed, length }: Written): Buffer {
  const after = Buffer.alloc(16);
  after.writeUInt32LE(0x08074b50, 0);
  after.writeUInt32LE(crc, 4);
  after.writeUInt32LE(packed, 8);
  after.writeUInt32LE(length, 12);
  return after;
}

function directoryEntry({ name, offset, crc, packed, length }: Written): Buffer {
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(VERSION, 4);
  entry.writeUInt16LE(VERSION, 6);
  entry.writeUInt16LE(FLAGS, 8);
  entry.writeUInt16LE(DEFLATED, 10);
  entry.writeUInt16LE(DOS_DATE, 14);
  entry.writeUInt32LE(crc, 16);
  entry.writeUInt32LE(packed, 20);
  entry.writeUInt32LE(length, 24);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt32LE(offset, 42);
  return Buffer.concat([entry, name]);
}

function endOf(directory: readonly Written[], offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(
    directory.reduce((sum, { name }) => sum + 46 + name.length, 0),
    12,
  );
  end.writeUInt32LE(offset, 16);
  return end;
}
