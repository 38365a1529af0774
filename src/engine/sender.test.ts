import { expect, it } from 'vitest';
import { sleep } from '../lib/sleep.ts';
import { Sender, type SenderParts } from './sender.ts';

it('asks for one batch at a time, however many hands are free, so that each claim sees the ones before it', async () => {
  let asking = 0;
  let most = 0;
  let claims = 0;
  const claim = async () => {
    most = Math.max(most, ++asking);
    await sleep(1);
    asking--;
    if (++claims === 3) throw new Error('the database went away');
    return null;
  };
  const parts = { leaseMs: 30_000, claim, lanes: { heldBack: async () => [] } };
  const sender = new Sender(parts as unknown as SenderParts); // nothing is found, so nothing else is touched
  const asked = await Promise.allSettled(Array.from({ length: 5 }, () => sender.workOnNextBatch()));
  expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect({ claims, most }).toEqual({ claims: 5, most: 1 });
});
