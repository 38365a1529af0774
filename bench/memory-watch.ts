import fs from 'node:fs';
import { processTree } from './process-tree.ts';

const LOOK_MS = 500;

/** The most resident memory of any one process: of this one and everything below it. */
export class MemoryWatch {
  peakMb = 0;
  peakOf = '';
  readonly #onStep: (line: string) => void;
  readonly #timer = setInterval(() => this.#look(), LOOK_MS);
  #looks = 0;

  constructor(onStep: (line: string) => void) {
    this.#onStep = onStep;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const pid of [process.pid, ...processTree(process.pid)]) {
      const mb = privateMb(pid);
      if (mb <= this.peakMb) continue;
      this.peakMb = mb;
      this.peakOf = nameOf(pid);
    }
    if (++this.#looks % 20 === 0) this.#onStep(`peak memory so far: ${Math.round(this.peakMb)} MB (${this.peakOf})`);
  }
}

/** Resident pages that are not PostgreSQL's shared buffers, which every backend maps. */
function privateMb(pid: number): number {
  try {
    const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
    const kb = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
    return (kb('VmRSS') - kb('RssShmem')) / 1024;
  } catch {
    return 0; // gone meanwhile
  }
}

function nameOf(pid: number): string {
  if (pid === process.pid) return 'postrider';
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim().slice(0, 60);
  } catch {
    return String(pid);
  }
}
