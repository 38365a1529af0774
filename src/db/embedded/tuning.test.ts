import { expect, it } from 'vitest';
import { runsHere } from '../../../test/helpers/runs-here.ts';
import { renderSettings, tuningFor } from './tuning.ts';

const MB = 1024 * 1024;

it('takes a quarter of the memory within bounds', () => {
  const buffers = (memoryMb: number) =>
    tuningFor({ memoryBytes: memoryMb * MB, cores: 2, sharedMemoryBytes: null }, { durable: true }).shared_buffers;
  expect([256, 512, 2048, 65_536].map(buffers)).toEqual(['128MB', '128MB', '512MB', '1024MB']);
});

it('keeps every promise about power loss unless told otherwise', () => {
  const machine = { memoryBytes: 1024 * MB, cores: 8, sharedMemoryBytes: 64 * MB };
  expect(tuningFor(machine, { durable: true })).toMatchObject({
    fsync: 'on',
    full_page_writes: 'on',
    max_wal_size: '4GB',
  });
  expect(tuningFor(machine, { durable: false, maxConnections: 30 })).toMatchObject({
    fsync: 'off',
    max_connections: 30,
  });
});

const windows = process.platform === 'win32' ? 'Windows has no /dev/shm' : null;
it.runIf(runsHere('the choice of shared memory', windows))("does not rely on a container's small /dev/shm", () => {
  const at = (bytes: number | null) =>
    tuningFor({ memoryBytes: 4096 * MB, cores: 8, sharedMemoryBytes: bytes }, { durable: true })
      .dynamic_shared_memory_type;
  expect([at(64 * MB), at(2048 * MB), at(null)]).toEqual(['mmap', 'posix', 'posix']);
});

it('quotes values as PostgreSQL reads them', () => {
  expect(renderSettings({ a: "it's", b: 'C:\\x', c: 1.5 })).toContain("a = 'it''s'\nb = 'C:\\\\x'\nc = '1.5'\n");
});
