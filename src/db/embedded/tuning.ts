import fs from 'node:fs';
import os from 'node:os';

const MB = 1024 * 1024;

export interface Machine {
  /** What this process may use: the container's limit where there is one. */
  readonly memoryBytes: number;
  readonly cores: number;
  /** Room in /dev/shm; null where there is no such thing. */
  readonly sharedMemoryBytes: number | null;
}

export interface TuningOptions {
  readonly durable: boolean;
  readonly maxConnections?: number;
}

export type Settings = Readonly<Record<string, string | number>>;

export function thisMachine(): Machine {
  // Without a limit constrainedMemory() is 0 or near 2^64.
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return {
    memoryBytes: Math.min(os.totalmem(), limit),
    cores: os.availableParallelism(),
    sharedMemoryBytes: sharedMemory(),
  };
}

function sharedMemory(): number | null {
  try {
    const { bsize, blocks } = fs.statfsSync('/dev/shm');
    return bsize * blocks;
  } catch {
    return null;
  }
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
const megabytes = (bytes: number): string => `${Math.floor(bytes / MB)}MB`;

/**
 * PostgreSQL settings for a machine that also runs Node: many short statements, two updates per recipient, few readers.
 * wal_compression stays off: on few cores the processor is short before the disk is.
 */
export function tuningFor(machine: Machine, options: TuningOptions): Settings {
  const memory = machine.memoryBytes;
  // A worker process on each core, and the API: about 45 connections each when all of them are in use.
  const connections = options.maxConnections ?? (memory >= 2048 * MB ? Math.max(200, 50 * (machine.cores + 2)) : 100);
  return {
    max_connections: connections,
    shared_buffers: megabytes(options.durable ? clamp(memory / 4, 128 * MB, 1024 * MB) : 128 * MB),
    effective_cache_size: megabytes(clamp(memory / 2, 256 * MB, 64 * 1024 * MB)),
    work_mem: megabytes(clamp(memory / (connections * 8), 4 * MB, 16 * MB)),
    maintenance_work_mem: megabytes(clamp(memory / 16, 64 * MB, 256 * MB)),
    // A container's /dev/shm is 64 MB by default, where a parallel query dies with "No space left on device".
    ...(process.platform === 'win32'
      ? {}
      : { dynamic_shared_memory_type: (machine.sharedMemoryBytes ?? 256 * MB) >= 256 * MB ? 'posix' : 'mmap' }),
    min_dynamic_shared_memory: '8MB',
    // With two cores a parallel query takes the core that the senders need.
    max_parallel_workers_per_gather: machine.cores >= 4 ? 2 : 0,
    random_page_cost: 1.1,
    jit: 'off', // compiling costs more than our short statements
    wal_buffers: '16MB',
    // A full-page image follows each checkpoint, so they are rare and spread out.
    max_wal_size: options.durable ? '4GB' : '1GB',
    min_wal_size: options.durable ? '256MB' : '80MB',
    checkpoint_timeout: '15min',
    checkpoint_completion_target: 0.9,
    max_logical_replication_workers: 0,
    log_checkpoints: 'off',
    // Statements carry addresses and message texts; they do not belong in a log.
    log_min_error_statement: 'fatal',
    log_line_prefix: '%m [%p] ',
    log_timezone: 'UTC',
    timezone: 'UTC',
    ...(options.durable ? DURABLE : EPHEMERAL),
  };
}

const DURABLE: Settings = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' };
const EPHEMERAL: Settings = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };

/** The text of a configuration file. A quote is doubled and a backslash too, as PostgreSQL's parser wants. */
export function renderSettings(settings: Settings): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${quote(String(value))}`);
  return `# Written by Postrider at each start; put your own settings below the include line in postgresql.conf.\n${lines.join('\n')}\n`;
}

function quote(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
