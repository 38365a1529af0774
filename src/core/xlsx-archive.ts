import fs from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { AppError, messageOf } from '../errors.ts';
import { encodingOfHead } from './import-text.ts';

const MB = 1024 * 1024;
const MOST_PACKED = 20 * MB;
const MOST_UNPACKED = 200 * MB;
const MOST_PARTS = 10_000;
const ENCRYPTED = 1; // general purpose bit 0, APPNOTE.TXT section 4.4.4

const USE_CSV = 'Save the sheet as "CSV UTF-8" and import that; CSV has no such limit. Nothing was imported.';

/**
 * The parts of an XLSX file, unpacked as they are read. Not read-excel-file, which unpacks everything into memory before
 * anybody can say how much there is, and then builds a tree of a whole sheet: a few kilobytes could take all memory.
 * Here the sizes the archive declares are checked first, yauzl ends a part that is longer than it declares, and what is
 * unpacked is counted over all parts.
 */
export class XlsxArchive {
  readonly #zip: ZipFile;
  readonly #parts: ReadonlyMap<string, Entry>;
  #unpacked = 0;

  private constructor(zip: ZipFile, parts: ReadonlyMap<string, Entry>) {
    this.#zip = zip;
    this.#parts = parts;
  }

  /** Throws CSV_MALFORMED for what is too large, encrypted or no archive. */
  static async open(file: string): Promise<XlsxArchive> {
    const { size } = await fs.stat(file);
    if (size > MOST_PACKED) throw tooLarge(`The file is larger than ${MOST_PACKED / MB} MB`);
    const zip = await openPromise(file, { lazyEntries: true, autoClose: false }).catch((error: unknown) => {
      throw unreadable(error);
    });
    try {
      return new XlsxArchive(zip, await readParts(zip));
    } catch (error) {
      zip.close();
      throw error instanceof AppError ? error : unreadable(error);
    }
  }

  close(): void {
    this.#zip.close();
  }

  has(name: string): boolean {
    return this.#parts.has(name);
  }

  sizeOf(name: string): number {
    return this.#parts.get(name)?.uncompressedSize ?? 0;
  }

  /** A part as text (UTF-8, or UTF-16 by its byte order mark), piece by piece; nothing when it is not there. */
  async *read(name: string): AsyncGenerator<string> {
    const entry = this.#parts.get(name);
    if (!entry) return;
    let decode: ((bytes: Buffer) => string) | null = null;
    let stream: Readable | null = null;
    try {
      stream = await this.#zip.openReadStreamPromise(entry);
      for await (const chunk of stream) {
        const bytes = chunk as Buffer;
        this.#unpacked += bytes.length;
        if (this.#unpacked > MOST_UNPACKED)
          throw tooLarge(`Unpacked, the file is larger than ${MOST_UNPACKED / MB} MB`);
        decode ??= decoderFor(bytes);
        yield decode(bytes);
      }
    } catch (error) {
      throw error instanceof AppError ? error : unreadable(error);
    } finally {
      stream?.destroy();
    }
  }
}

function decoderFor(head: Buffer): (bytes: Buffer) => string {
  const decoder = new TextDecoder(encodingOfHead(head) ?? 'utf-8');
  return (bytes) => decoder.decode(bytes, { stream: true });
}

async function readParts(zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > MOST_PARTS) throw tooLarge(`The file has more than ${MOST_PARTS} parts`);
  const parts = new Map<string, Entry>();
  let unpacked = 0;
  for await (const entry of zip.eachEntry()) {
    if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0) {
      throw new AppError('CSV_MALFORMED', 'The archive has a password. Save it without one. Nothing was imported.');
    }
    unpacked += entry.uncompressedSize;
    if (unpacked > MOST_UNPACKED) throw tooLarge(`Unpacked, the file is larger than ${MOST_UNPACKED / MB} MB`);
    parts.set(entry.fileName, entry);
  }
  return parts;
}

function tooLarge(what: string): AppError {
  return new AppError('CSV_MALFORMED', `${what}, the most an XLSX file may have. ${USE_CSV}`);
}

function unreadable(error: unknown): AppError {
  return new AppError(
    'CSV_MALFORMED',
    `The XLSX file is damaged: ${messageOf(error)}. Open it and save it again, or save the sheet as "CSV UTF-8".`,
    { cause: error },
  );
}
