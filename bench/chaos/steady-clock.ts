/** Milliseconds by the machine's steady clock: the same for all its processes, and nobody can set it. */
export function steadyMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}
