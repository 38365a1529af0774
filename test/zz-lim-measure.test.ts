import { it } from 'vitest';
import { buildApp } from '../src/http/app.ts';
import { openTestApp } from './helpers/app.ts';
import { TestRedis } from './helpers/redis.ts';
it.each(['postgres', 'redis'])('measure %s', { timeout: 120000 }, async (kind) => {
  const redis = kind === 'redis' ? await TestRedis.start() : null;
  const test = await openTestApp({ rateLimits: true }, { redisUrl: redis?.url });
  await test.database.pool.query('update workspaces set settings = $1', [JSON.stringify({ rateLimits: { api: { limit: 1000000 } } })]);
  const off = await buildApp(test.core, { webDir: '/nowhere', rateLimits: false });
  const headers = { authorization: `Bearer test-key-viewer-${test.caller.workspaceId}` };
  const times: Record<string, number[]> = { on: [], off: [] };
  for (let i = 0; i < 3300; i++) for (const [name, app] of [['on', test.app], ['off', off]] as const) {
    const t = performance.now();
    const r = await app.inject({ url: '/api/settings', headers });
    if (r.statusCode !== 200) throw new Error(r.body);
    if (i >= 300) times[name]!.push(performance.now() - t);
  }
  const q = (a: number[], p: number) => a.sort((x, y) => x - y)[Math.floor(a.length * p)]!.toFixed(3);
  console.log(kind, ...Object.entries(times).map(([n, a]) => `${n}: p50 ${q(a, 0.5)} p90 ${q(a, 0.9)} p99 ${q(a, 0.99)} ms;`));
  await off.close(); await test.close(); await redis?.stop();
});
