/**
 * For `runIf`: whether these tests run on this machine, given why they cannot. When they do not, it is said in one line:
 * a test that is left out in silence looks like one that passed.
 */
export function runsHere(tests: string, missing: string | null): boolean {
  if (missing !== null) console.log(`Skipped: ${tests}: ${missing}`);
  return missing === null;
}

/** Why tests that change users or namespaces cannot run, in one line. */
export function rootMissing(): string | null {
  return process.getuid?.() === 0 ? null : 'only root can run them';
}

export function linuxMissing(): string | null {
  return process.platform === 'linux' ? null : 'they need the /proc of Linux';
}
