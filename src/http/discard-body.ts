import type { IncomingMessage } from 'node:http';
import { sleep } from '../lib/sleep.ts';

const MOST_BYTES = 512 * 1024 * 1024;
const LONGEST_MS = 30_000;

/**
 * Reads the rest of a body and throws it away, within bounds. A client that is still sending does not read an answer, and
 * one that finds the connection closed under it reports a broken pipe instead of "too large".
 */
export async function discardBody(body: IncomingMessage): Promise<void> {
  if (body.readableEnded || body.destroyed) return;
  const over = new AbortController();
  let bytes = 0;
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) over.abort();
  });
  for (const event of ['end', 'close', 'error', 'aborted']) body.once(event, () => over.abort());
  body.resume();
  await sleep(LONGEST_MS, over.signal);
}
