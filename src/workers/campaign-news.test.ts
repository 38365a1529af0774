import { expect, it } from 'vitest';
import type { LiveEvent } from '../events/bus.ts';
import { CampaignNews } from './campaign-news.ts';

it('tells of each campaign once for all that moved together, and the last of it when asked to', async () => {
  const told: LiveEvent[] = [];
  const news = new CampaignNews({ publish: (event) => told.push(event) });
  for (let i = 0; i < 500; i++) news.add(i % 2 ? 'odd' : 'even', 1);
  expect(told).toEqual([]);
  await expect.poll(() => told.length).toBe(2);
  expect(told).toEqual([
    { kind: 'campaign', id: 'even', moved: 250 },
    { kind: 'campaign', id: 'odd', moved: 250 },
  ]);
  news.add('odd', 3);
  news.tell();
  expect(told.at(-1)).toEqual({ kind: 'campaign', id: 'odd', moved: 3 });
  news.tell();
  expect(told).toHaveLength(3);
});
