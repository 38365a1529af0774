import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { spool } from './spool.ts';

describe('spool', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'postrider-spool-'));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    fs.rmSync(dataDir, { recursive: true });
  });

  it('keeps no file of an upload that breaks off, even when the disk opens it only after that', async () => {
    const { open } = fs;
    const slowly = (...args: unknown[]) => setTimeout(() => Reflect.apply(open, fs, args), 50);
    vi.spyOn(fs, 'open').mockImplementation(slowly);
    async function* breaksOff() {
      yield 'email\n';
      throw new Error('broken off');
    }
    await expect(spool({ dataDir }, 'a', breaksOff())).rejects.toThrow('broken off');
    expect(fs.readdirSync(path.join(dataDir, 'uploads'))).toEqual([]);
  });
});
