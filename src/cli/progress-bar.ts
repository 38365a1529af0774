import type { RecipientCounts } from '../contract/states.ts';
import { openOf, totalOf } from '../domain/recipient-state.ts';

const WIDTH = 30;
const PLAIN_EVERY_MS = 2000;

export interface Progress {
  readonly done: number;
  readonly total: number;
  /** 0..1, where it is not done of total: while an audience is written out there will be more than is known yet. */
  readonly share?: number;
  /** What stands behind the numbers, such as "3 failed". */
  readonly note?: string;
}

/**
 * One line that moves on a terminal; a line every two seconds where there is none. Rate and time left come from what
 * was done since the bar began.
 */
export class ProgressBar {
  readonly #label: string;
  readonly #stream: NodeJS.WriteStream;
  readonly #startedAt = Date.now();
  #startDone: number | null = null;
  #writtenAt = 0;
  #last = '';

  constructor(label: string, stream: NodeJS.WriteStream = process.stderr) {
    this.#label = label;
    this.#stream = stream;
  }

  update(progress: Progress): void {
    this.#startDone ??= progress.done;
    const line = this.#line(progress);
    if (this.#stream.isTTY) {
      this.#stream.write(`\r\u001b[2K${line.slice(0, this.#stream.columns - 1)}`);
    } else if (line !== this.#last && Date.now() - this.#writtenAt >= PLAIN_EVERY_MS) {
      this.#stream.write(`${line}\n`);
      this.#writtenAt = Date.now();
    }
    this.#last = line;
  }

  end(progress: Progress): void {
    this.#startDone ??= progress.done;
    const line = this.#line(progress);
    this.#stream.write(this.#stream.isTTY ? `\r\u001b[2K${line}\n` : `${line}\n`);
  }

  #line({ done, total, note, share = total === 0 ? 0 : done / total }: Progress): string {
    const filled = Math.round(share * WIDTH);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
    const rate = (done - (this.#startDone ?? 0)) / Math.max(0.001, (Date.now() - this.#startedAt) / 1000);
    const left = rate > 0 && done < total ? `  ${duration((total - done) / rate)} left` : '';
    const percent = `${Math.floor(share * 100)}%`.padStart(4);
    return `${this.#label} ${bar} ${percent}  ${number(done)} of ${number(total)}  ${number(Math.round(rate))}/s${left}${note ? `  ${note}` : ''}`;
  }
}

export function progressOfCounts(counts: RecipientCounts): Progress {
  const total = totalOf(counts);
  const notes = (['deferred', 'failed', 'unknown', 'excluded'] as const)
    .filter((state) => counts[state] > 0)
    .map((state) => `${number(counts[state])} ${state}`);
  return { done: total - openOf(counts), total, note: notes.join(', ') };
}

export function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** `3 m 20 s`, `2 h 5 m`, `42 s`. */
function duration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} m`;
}
