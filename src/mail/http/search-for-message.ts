import { sleep } from '../../lib/sleep.ts';
import type { HttpClient } from './http-client.ts';
import type { Entry, HttpProvider } from './provider.ts';

/** The first look; what is not there yet may be indexed later, so each of the next waits twice as long. */
const FIRST_LOOK_MS = 500;
const LONGEST_WAIT_MS = 20_000;
/** In all: messages on the way keep their places meanwhile. */
const MOST_MS = 60_000;

/**
 * Looks among what a provider took for a message whose answer was lost, again and again within `forMs`. Answers the provider's
 * id; null when it was not found or could not be looked for, which proves nothing. Never rejects.
 */
export async function searchForMessage(
  provider: HttpProvider,
  client: HttpClient,
  entry: Entry,
  forMs: number,
  signal: AbortSignal,
): Promise<string | null> {
  const until = performance.now() + Math.min(MOST_MS, forMs);
  for (
    let waitMs = FIRST_LOOK_MS;
    performance.now() + waitMs <= until;
    waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)
  ) {
    await sleep(waitMs, signal);
    if (signal.aborted) return null;
    const search = (await provider.search?.(entry)) ?? null;
    if (search === null) return null;
    const { path, headers } = search;
    const content = () => ({ headers, body: '' });
    const answer = await client.exchange({ method: 'GET', path, content }).catch(() => null);
    const id = answer && search.read(answer);
    if (id) return id;
  }
  return null;
}
