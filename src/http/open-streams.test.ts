import { describe, expect, it } from 'vitest';
import { type OpenStream, OpenStreams } from './open-streams.ts';

const QUICK = { beatMs: 5, checkMs: 20 };

/** A stream that remembers what was done with it. */
function stream(isAllowed: () => Promise<boolean>): OpenStream & { beats: number; closed: string | null } {
  return {
    beats: 0,
    closed: null,
    beat() {
      this.beats++;
    },
    close(reason) {
      this.closed = reason;
    },
    isAllowed,
  };
}

describe('open streams', () => {
  it('beat together, and those whose key is gone are closed', async () => {
    const streams = new OpenStreams(QUICK);
    let revoked = false;
    const mine = stream(async () => !revoked);
    const unknown = stream(() => Promise.reject(new Error('the database is away')));
    streams.add(mine);
    streams.add(unknown);
    await expect.poll(() => mine.beats).toBeGreaterThan(10);
    expect(mine.closed).toBeNull();
    revoked = true;
    await expect.poll(() => mine.closed).toBe('not-allowed');
    expect(unknown.closed).toBeNull();
    streams.closeAll();
    expect(unknown.closed).toBe('stopping');
    streams.delete(mine);
    streams.delete(unknown);
    const { beats } = unknown;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(unknown.beats).toBe(beats);
  });
});
