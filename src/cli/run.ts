import type { Postrider, StartOptions } from '../main.ts';
import { type ConfigOverrides, readConfig, startPostrider } from '../main.ts';

/** Ctrl-C and SIGTERM as a signal; a second one ends the process at once. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return controller.signal;
}

export interface CommandEnvironment {
  readonly overrides?: ConfigOverrides;
  /** Settings a command decides itself, below what the environment says. */
  readonly defaults?: Readonly<Record<string, string>>;
  readonly start: Partial<StartOptions>;
}

/** Starts what a command needs, runs it, and stops everything again, whatever happens. */
export async function withPostrider<T>(
  environment: CommandEnvironment,
  work: (postrider: Postrider) => Promise<T>,
): Promise<T> {
  const config = readConfig({ ...environment.defaults, ...process.env }, environment.overrides);
  const postrider = await startPostrider(config, { api: false, workers: 'none', ...environment.start });
  try {
    return await work(postrider);
  } finally {
    await postrider.stop();
  }
}

/** A command on this machine acts as the owner of its workspace. */
export function ownerOf(postrider: Postrider) {
  return { workspaceId: postrider.workspaceId, role: 'owner', userId: null } as const;
}
