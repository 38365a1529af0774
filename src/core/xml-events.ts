import { SaxesParser } from 'saxes';
import { AppError, messageOf } from '../errors.ts';

export interface XmlReader {
  /** Names are without their prefix. */
  readonly opened: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly closed: (name: string) => void;
  readonly text: (text: string) => void;
}

/**
 * Reads XML as it comes, and goes round after each piece, also the one a fault is in; nothing behind a fault is told. saxes resolves no entities but XML's own five, so nothing can
 * grow. Throws CSV_MALFORMED at a fault.
 */
export async function* readXml(pieces: AsyncIterable<string>, reader: XmlReader): AsyncGenerator<number> {
  const parser = new SaxesParser();
  let failure: Error | null = null;
  parser.on('error', (error) => {
    failure ??= error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (!failure) reader.opened(localName(name), withLocalNames(attributes));
  });
  parser.on('closetag', ({ name }) => {
    if (!failure) reader.closed(localName(name));
  });
  const text = (text: string) => {
    if (!failure) reader.text(text);
  };
  parser.on('text', text);
  parser.on('cdata', text);
  let isEmpty = true;
  for await (const piece of pieces) {
    isEmpty = false;
    parser.write(piece);
    yield piece.length;
    if (failure) throw malformed(failure);
  }
  if (isEmpty) return; // a part that is not there
  parser.close();
  if (failure) throw malformed(failure);
}

/** Reads a small part to its end. */
export async function readWholeXml(pieces: AsyncIterable<string>, reader: XmlReader): Promise<void> {
  for await (const _ of readXml(pieces, reader));
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function withLocalNames(attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const name in attributes) {
    if (name.includes(':')) {
      return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [localName(key), value]));
    }
  }
  return attributes;
}

function malformed(error: unknown): AppError {
  const why = messageOf(error).split('\n')[0]?.replace(/\.$/, '');
  return new AppError('CSV_MALFORMED', `The sheet is damaged: ${why}. Open the file and save it again.`, {
    cause: error,
  });
}
