import type net from 'node:net';
import type { CutManner } from './sink-fault.ts';
import { steadyMs } from './steady-clock.ts';

interface Reply {
  readonly text: string;
  readonly delayMs: number;
  /** What it does to the message on this connection: lets it come, or decides about it. */
  readonly turn: 'go-ahead' | 'final' | null;
  readonly onWritten?: () => void;
}

/** What a connection ends with, behind the replies that come before. */
interface End {
  readonly manner: CutManner;
  readonly onCut: () => void;
}

/** Whole at once, a packet a line, or slowly byte by byte. */
export type Speech = 'whole' | 'split' | 'drip';

const DRIP_MS = 15;
/** A reset may overtake a reply that was written this long ago at most. */
const RESET_OVERTAKES_MS = 1000;

/** Writes the replies of a connection in order, however slowly each of them goes, and ends it in its turn. */
export class ReplyWriter {
  readonly #socket: net.Socket;
  readonly #speech: () => Speech;
  readonly #queue: Array<Reply | End> = [];
  #busy = false;
  #held = false;
  #isOpen = false;
  #decidedAt = Number.NEGATIVE_INFINITY;

  constructor(socket: net.Socket, speech: () => Speech) {
    this.#socket = socket;
    this.#speech = speech;
  }

  /** A message was let come and has no reply: whoever sent it cannot know what becomes of it. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The same, when the connection is cut in this way now. */
  isInDoubt(manner: CutManner): boolean {
    return this.#isOpen || (manner === 'rst' && steadyMs() - this.#decidedAt < RESET_OVERTAKES_MS);
  }

  say(text: string, turn: Reply['turn'] = null, delayMs = 0, onWritten?: () => void): void {
    this.#queue.push({ text, delayMs, turn, ...(onWritten ? { onWritten } : {}) });
    this.#next();
  }

  end(manner: CutManner, onCut: () => void): void {
    this.#queue.push({ manner, onCut });
    this.#next();
  }

  /** Nothing leaves until `release`. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#next();
  }

  #next(): void {
    while (!this.#busy && !this.#held && !this.#socket.destroyed) {
      const item = this.#queue.shift();
      if (!item) return;
      if ('manner' in item) item.onCut();
      else this.#begin(item);
    }
  }

  #begin(reply: Reply): void {
    if (reply.delayMs === 0) {
      this.#write(reply);
      return;
    }
    this.#after(reply.delayMs, () => {
      if (this.#held) this.#queue.unshift({ ...reply, delayMs: 0 });
      else this.#write(reply);
    });
  }

  #write(reply: Reply): void {
    if (this.#socket.destroyed) return;
    if (reply.turn === 'go-ahead') this.#isOpen = true;
    const pieces = piecesOf(reply.text, this.#speech());
    if (pieces.length === 1) {
      this.#socket.write(reply.text);
      this.#written(reply);
    } else this.#writePieces(reply, pieces);
  }

  #writePieces(reply: Reply, pieces: readonly string[], at = 0): void {
    if (this.#socket.destroyed) return;
    this.#socket.write(pieces[at] ?? '');
    if (at + 1 === pieces.length) this.#written(reply);
    else this.#after(DRIP_MS, () => this.#writePieces(reply, pieces, at + 1));
  }

  #written(reply: Reply): void {
    if (reply.turn === 'final') {
      this.#isOpen = false;
      this.#decidedAt = steadyMs();
    }
    reply.onWritten?.();
  }

  #after(ms: number, work: () => void): void {
    this.#busy = true;
    setTimeout(() => {
      this.#busy = false;
      work();
      this.#next();
    }, ms);
  }
}

function piecesOf(text: string, speech: Speech): string[] {
  if (speech === 'whole') return [text];
  if (speech === 'split') return text.split(/(?<=\r)/); // the LF of each line comes with the next one
  return text.match(/[\s\S]{1,4}/g) ?? [text];
}
