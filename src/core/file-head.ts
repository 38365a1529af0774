import fs from 'node:fs/promises';

/** The first bytes of a file, and whether they are all of it. */
export async function readHead(file: string, bytes: number): Promise<{ bytes: Buffer; isWhole: boolean }> {
  const handle = await fs.open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
    return { bytes: buffer.subarray(0, bytesRead), isWhole: bytesRead < bytes };
  } finally {
    await handle.close();
  }
}
