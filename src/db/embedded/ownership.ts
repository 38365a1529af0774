import fs from 'node:fs';
import os from 'node:os';
import { claimDirectory } from './claims.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { lockFile } from './file-lock.ts';
import type { Layout } from './layout.ts';
import { bootId, isProcess, startOf } from './processes.ts';

/** This process owns the data directory until it releases it or ends, however it ends. */
export interface Ownership {
  /** The owner before us ended without releasing the directory. */
  readonly abandoned: boolean;
  release(): void;
}

interface OwnerRecord {
  readonly pid: number;
  readonly start: number | null;
  readonly boot: string;
  readonly host: string;
}

/**
 * Makes this process the only owner of the data directory, or throws EMBEDDED_IN_USE. The kernel's file lock is
 * preferred because it also holds between containers that share the directory and see each other's pids differently.
 */
export async function takeOwnership(layout: Layout, useKernelLock: boolean): Promise<Ownership> {
  const lock = useKernelLock ? await lockFile(layout.ownerLock) : 'unsupported';
  if (lock === 'taken') throw inUse(layout);
  const withdraw = lock === 'unsupported' ? await claimDirectory(layout.home) : lock.release;
  if (withdraw === null) throw inUse(layout);
  const abandoned = fs.existsSync(layout.ownerRecord);
  const record: OwnerRecord = { pid: process.pid, start: startOf(process.pid), boot: bootId(), host: os.hostname() };
  fs.writeFileSync(layout.ownerRecord, JSON.stringify(record), { mode: 0o600 });
  let held = true;
  return {
    abandoned,
    release: () => {
      if (!held) return; // a file descriptor must not be closed twice
      held = false;
      fs.rmSync(layout.ownerRecord, { force: true });
      withdraw();
    },
  };
}

function inUse(layout: Layout): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'EMBEDDED_IN_USE',
    `The data directory ${layout.root} is in use by ${describeOwner(layout)}. Nothing was changed and no data is at risk. Use or stop that one, choose another directory with --data-dir or DATA_DIR, or give several processes one server with DATABASE_URL.`,
  );
}

function describeOwner(layout: Layout): string {
  try {
    const record = JSON.parse(fs.readFileSync(layout.ownerRecord, 'utf8')) as OwnerRecord;
    if (record.host !== os.hostname()) return `Postrider in process ${record.pid} on ${record.host}`;
    if (record.boot === bootId() && isProcess(record.pid, record.start ?? 0))
      return `Postrider in process ${record.pid}`;
  } catch {
    // It has the lock and is about to write its record.
  }
  return 'another Postrider process that is just starting';
}
