import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { accountOf, hasAccount, unprivilegedAccount } from './accounts.ts';
import { copyPrograms, type Programs, repairLinks } from './binaries.ts';
import { EmbeddedPostgresError } from './errors.ts';
import type { Layout } from './layout.ts';
import { type Identity, output, type Runner, type Way } from './runner.ts';

export interface RunnerOptions {
  /** Tests force one way. */
  readonly only?: Identity['kind'];
  /** False: as on a system that cannot tie a child to its parent. */
  readonly leash?: boolean;
  /** Where a copy of the programs may be put, best first. */
  readonly programHomes?: readonly string[];
}

/**
 * Finds a way to run the programs by trying: first whether anything can be run that way, then PostgreSQL where npm put
 * it, then a copy. A copy costs 55 MB, so it is made only when no way of equal standing can do without.
 */
export async function chooseRunner(programs: Programs, layout: Layout, options: RunnerOptions = {}): Promise<Runner> {
  const failures: string[] = [];
  const linked = repairLinks(programs.native);
  const homes = options.programHomes ?? defaultProgramHomes(layout);
  const places = [
    ...(linked ? [() => programs.native] : []),
    ...homes.map((home) => () => copyPrograms(programs, home)),
  ];
  for (const identities of possibleIdentities(layout)) {
    const wanted = identities.filter(({ kind }) => !options.only || kind === options.only);
    const ways = await waysThatWork(wanted, options.leash !== false, failures);
    for (const place of ways.length > 0 ? places : []) {
      const runner = await firstThatRuns(place, ways, failures);
      if (runner) return runner;
    }
  }
  throw noWay(failures);
}

/** Groups, best first, of identities that are equally good. */
function possibleIdentities(layout: Layout): Identity[][] {
  const root = process.getuid?.() === 0;
  if (!root && (process.platform === 'win32' || hasAccount())) return [[{ kind: 'self' }]];
  const account = unprivilegedAccount();
  if (!account) return [];
  if (!root) return [[{ kind: 'namespace', account }]];
  const others: Identity[] = [
    { kind: 'namespace', account },
    { kind: 'user', account },
  ];
  // A cluster that belongs to somebody keeps its owner: `sudo` once must not lock its user out afterwards.
  const owner = accountOf(fs.statSync(layout.cluster, { throwIfNoEntry: false })?.uid ?? 0);
  return owner && owner.uid !== 0 ? [[{ kind: 'user', account: owner }], others] : [others];
}

/** Root's copy has to be reachable for others, and outlive the cleaning of /tmp where possible. */
function defaultProgramHomes(layout: Layout): string[] {
  const uid = process.getuid?.() ?? 0;
  const shared = path.join(os.tmpdir(), `postrider-programs-${uid}`);
  return uid === 0 ? ['/var/lib/postrider', shared] : [layout.programs, shared];
}

async function waysThatWork(identities: readonly Identity[], leash: boolean, failures: string[]): Promise<Way[]> {
  const ways: Way[] = [];
  for (const identity of identities) {
    for (const leashed of leash && process.platform === 'linux' ? [true, false] : [false]) {
      const way = { identity, leashed };
      const failure =
        identity.kind === 'self' && !leashed ? null : await failureOf(() => output(way, ['/bin/sh', '-c', ':']));
      if (failure === null) ways.push(way);
      else failures.push(`${identity.kind}: ${failure}`);
      if (failure === null) break; // the leashed way makes the other superfluous
    }
  }
  return ways;
}

async function firstThatRuns(place: () => string, ways: readonly Way[], failures: string[]): Promise<Runner | null> {
  let native = '';
  const unplaced = await failureOf(async () => {
    native = place();
  });
  if (unplaced !== null) {
    failures.push(`copy: ${unplaced}`);
    return null;
  }
  for (const way of ways) {
    const failure = await failureOf(() => output(way, [path.join(native, 'bin', 'postgres'), '--version']));
    if (failure === null) return { ...way, native };
    failures.push(`${way.identity.kind}: ${failure}`);
  }
  return null;
}

async function failureOf(attempt: () => Promise<unknown>): Promise<string | null> {
  try {
    await attempt();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
}

function noWay(failures: readonly string[]): EmbeddedPostgresError {
  const asOther = process.getuid?.() === 0 || !hasAccount();
  const tried = failures.length > 0 ? ` What was tried: ${[...new Set(failures)].join('; ')}` : '';
  if (asOther) {
    return new EmbeddedPostgresError(
      'EMBEDDED_NO_USER',
      `PostgreSQL does not run as root or as a user without a name, and here it cannot be run as another user. Nothing was changed. Run Postrider as an ordinary user that has an entry in /etc/passwd (in a container: --user node), or set DATABASE_URL to a PostgreSQL server of your own.${tried}`,
    );
  }
  return new EmbeddedPostgresError(
    'EMBEDDED_NO_BINARIES',
    `PostgreSQL's programs cannot be run here. Nothing was changed. Use a glibc-based system or image (they do not run on Alpine), install again, or set DATABASE_URL to a PostgreSQL server of your own.${tried}`,
  );
}
