import type { TextPiece } from './import-text.ts';
import { type JsonItem, MOST_ITEM, parseItem, tooLong } from './json-item.ts';

/** Reads one JSON value a line, and passes them on, many at a time. A line that is none is a fault of its own. */
export async function* readJsonLines(
  pieces: AsyncIterable<TextPiece>,
): AsyncGenerator<{ items: JsonItem[]; bytesRead: number }> {
  const splitter = new LineSplitter();
  let bytesRead = 0;
  for await (const piece of pieces) {
    bytesRead = piece.bytesRead;
    yield { items: splitter.push(piece.text), bytesRead };
  }
  yield { items: splitter.push('\n'), bytesRead };
}

/** Lines end with LF, CRLF or CR; empty ones are left out. */
class LineSplitter {
  #rest = '';
  /** A line that is too long is passed over to its end. */
  #skips = false;

  push(text: string): JsonItem[] {
    const lines = (this.#rest + text).split(/[\r\n]/);
    this.#rest = lines.pop() ?? '';
    const items: JsonItem[] = [];
    for (const line of lines) {
      if (this.#skips) this.#skips = false;
      else if (line.trim() !== '') items.push(parseItem(line));
    }
    if (this.#rest.length > MOST_ITEM) {
      if (!this.#skips) items.push(tooLong(this.#rest));
      this.#skips = true;
    }
    if (this.#skips) this.#rest = '';
    return items;
  }
}
