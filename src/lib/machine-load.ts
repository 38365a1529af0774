import os from 'node:os';

interface Ticks {
  readonly busy: number;
  readonly all: number;
}

/** How busy this machine is. */
export class MachineLoad {
  #last: Ticks = ticks();
  #cpu = Math.min(100, ((os.loadavg()[0] ?? 0) / os.availableParallelism()) * 100);

  /** Percent of the processors, since the last call a second or more ago; before there was one, from the load average. */
  cpuPercent(): number {
    const now = ticks();
    const all = now.all - this.#last.all;
    if (all < 1000 * os.cpus().length) return rounded(this.#cpu);
    this.#cpu = (100 * (now.busy - this.#last.busy)) / all;
    this.#last = now;
    return rounded(this.#cpu);
  }

  memoryPercent(): number {
    return rounded(100 * (1 - os.freemem() / os.totalmem()));
  }
}

function ticks(): Ticks {
  let busy = 0;
  let all = 0;
  for (const { times } of os.cpus()) {
    const working = times.user + times.nice + times.sys + times.irq;
    busy += working;
    all += working + times.idle;
  }
  return { busy, all };
}

function rounded(percent: number): number {
  return Math.round(percent * 10) / 10;
}
